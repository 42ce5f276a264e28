// What the host runs in Duktape, in ES5, after the network: it learns a rule from the host's examples, and keeps to it.
var network = xor.create({ seed: 1, maxBatch: 4 });

/** Learns four examples, two numbers and an answer each, in so many steps; returns the loss before the last one. */
function learn(inputs, answers, steps) {
  var i;
  for (i = 0; i < inputs.length; i++) network.inputs.x[i] = inputs[i];
  for (i = 0; i < answers.length; i++) network.inputs.y[i] = answers[i];
  for (i = 0; i < steps; i++) network.trainStep(4);
  return network.loss[0];
}

/** How likely the answer to two numbers is 1. */
function answer(a, b) {
  return network.predict([a, b])[0];
}

/** What the network has learned, as a list of bytes. */
function state() {
  return network.save();
}
