// Finds discs and crosses in noisy pictures, pixel by pixel, with a small U-Net (Ronneberger and others 2015): down to
// a coarse view, up again, and at each size the fine view of before beside the coarse one.
import {
  adam,
  concat,
  conv2d,
  crossEntropy,
  expand,
  indices,
  input,
  maxPool2d,
  model,
  relu,
  reshape,
} from "gradc";

const picture = input("picture", [1, 16, 16]);
/** 0 is the ground, 1 a disc, 2 a cross. */
const shape = indices("shape", [16, 16], 3);

const fine = conv2d(picture, 8, 3, { padding: 1 });
const fineUnits = relu(fine);
const halved = maxPool2d(fineUnits, 2);
const middle = conv2d(halved, 12, 3, { padding: 1 });
const middleUnits = relu(middle);
const quartered = maxPool2d(middleUnits, 2);
const coarse = conv2d(quartered, 16, 3, { padding: 1 });
const coarseUnits = relu(coarse);

// Each coarse pixel becomes four.
const widened = expand(
  reshape(coarseUnits, [16, 4, 1, 4, 1]),
  [16, 4, 2, 4, 2],
);
const seenAgain = concat([reshape(widened, [16, 8, 8]), middleUnits]);
const joined = conv2d(seenAgain, 12, 3, { padding: 1 });
const joinedUnits = relu(joined);
const widened2 = expand(
  reshape(joinedUnits, [12, 8, 1, 8, 1]),
  [12, 8, 2, 8, 2],
);
const seenAgain2 = concat([reshape(widened2, [12, 16, 16]), fineUnits]);
const joined2 = conv2d(seenAgain2, 8, 3, { padding: 1 });
const joinedUnits2 = relu(joined2);
const logits = conv2d(joinedUnits2, 3, 1);

export default model({
  inputs: { picture, shape },
  outputs: { logits },
  loss: crossEntropy(logits, shape),
  optimizer: adam(0.02),
});
