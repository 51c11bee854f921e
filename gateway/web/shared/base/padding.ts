// Padmé padding (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication
// with PURBs", PETS 2019, algorithm 1), as crypto/base/padding.h: a length of L bits leaks
// O(log log L) of them, for at most 12 % of overhead.

/** The padded length for `length` bytes (up to 2^52), at least `minimum`. */
export function padmeLength(length: number, minimum: number): number {
  return Math.max(padme(length), minimum);
}

const bitWidth = (value: number): number => (value === 0 ? 0 : value.toString(2).length);

function padme(length: number): number {
  if (length < 2) return length;
  // E and S of the paper: the exponent of the length, and the bits needed to write it.
  const exponent = bitWidth(length) - 1;
  const step = 2 ** (exponent - bitWidth(exponent)); // a power of two, so the division is exact
  return Math.ceil(length / step) * step;
}
