// The effect on the audio thread: one sample after the other, and nothing is allocated.
import { create } from "./generated/pedalStream.frozen.js";

class Pedal extends AudioWorkletProcessor {
  constructor() {
    super();
    this.network = create();
  }

  process(inputs, outputs) {
    const dry = inputs[0][0];
    const wet = outputs[0][0];
    // Nothing is connected: what comes out stays silent.
    if (dry === undefined) return true;
    const network = this.network;
    const { before } = network.inputs;
    const { heard, after } = network.outputs;
    for (let i = 0; i < dry.length; i++) {
      network.inputs.dry[0] = dry[i];
      network.forward();
      before.set(after);
      wet[i] = heard[0];
    }
    return true;
  }
}

registerProcessor("pedal", Pedal);
