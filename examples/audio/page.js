// Plays a sound through the pedal, or renders it faster than it sounds.

/**
 * What the pedal makes of a sound.
 *
 * @param {Float32Array} dry samples of one channel
 * @param {number} rate samples a second
 * @param {number[]} pauses seconds at which the audio thread waits
 * @param {(seconds: number) => Promise<void>} paused what it waits for
 */
export async function render(dry, rate, pauses = [], paused = async () => {}) {
  const context = new OfflineAudioContext(1, dry.length, rate);
  const source = await through(context, dry);
  for (const seconds of pauses)
    context.suspend(seconds).then(async () => {
      await paused(seconds);
      await context.resume();
    });
  source.start();
  const buffer = await context.startRendering();
  return buffer.getChannelData(0);
}

/** A source of a sound, connected through the pedal to what is heard. */
async function through(context, dry) {
  await context.audioWorklet.addModule("processor.js");
  const pedal = new AudioWorkletNode(context, "pedal");
  const buffer = context.createBuffer(1, dry.length, context.sampleRate);
  buffer.copyToChannel(dry, 0);
  const source = new AudioBufferSourceNode(context, { buffer });
  source.connect(pedal).connect(context.destination);
  return source;
}

/** The sound that was built beside the page. */
export async function sound() {
  const file = await fetch("generated/dry.f32");
  return new Float32Array(await file.arrayBuffer());
}

document.querySelector("button").addEventListener("click", async () => {
  const context = new AudioContext({ sampleRate: 48000 });
  const source = await through(context, await sound());
  source.start();
});
