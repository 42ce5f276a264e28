/** 560 layers: a graph of 11,000 nodes with its backward pass. */
import { deepNetwork } from "./deepNetwork.js";

export default deepNetwork(560);
