/** 5,600 layers: a graph of a hundred thousand nodes with its backward pass. */
import { deepNetwork } from "./deepNetwork.js";

export default deepNetwork(5600);
