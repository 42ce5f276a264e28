/** 500 layers: a graph of 10,000 nodes with its backward pass. */
import { deepNetwork } from "./deepNetwork.js";

export default deepNetwork(500);
