/** WAV files of one channel (Microsoft's RIFF, format 3: 32-bit floats), which hold samples bit for bit. */

export function wav(samples: Float32Array, rate: number): Uint8Array {
  const size = 4 * samples.length;
  const bytes = new Uint8Array(58 + size);
  const view = new DataView(bytes.buffer);
  const letters = (at: number, word: string): void => {
    bytes.set(Buffer.from(word, "latin1"), at);
  };
  letters(0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  letters(8, "WAVEfmt ");
  view.setUint32(16, 18, true);
  view.setUint16(20, 3, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, 4 * rate, true);
  view.setUint16(32, 4, true);
  view.setUint16(34, 32, true);
  letters(38, "fact");
  view.setUint32(42, 4, true);
  view.setUint32(46, samples.length, true);
  letters(50, "data");
  view.setUint32(54, size, true);
  samples.forEach((sample, i) => {
    view.setFloat32(58 + 4 * i, sample, true);
  });
  return bytes;
}

/** The samples of what {@link wav} wrote. */
export function samplesOf(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: (bytes.length - 58) / 4 }, (_, i) =>
    view.getFloat32(58 + 4 * i, true),
  );
}
