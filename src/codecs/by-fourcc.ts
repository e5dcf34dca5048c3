/**
 * Builds a table of codecs by their fourccs.
 * @param spellings - each codec and its fourccs, with spaces between; those that end in a space are spelt without it.
 */
export function byFourcc<Codec>(
  spellings: readonly (readonly [Codec, string])[],
): ReadonlyMap<string, Codec> {
  return new Map(
    spellings.flatMap(([codec, fourccs]) =>
      fourccs.split(' ').map((fourcc) => [fourcc.padEnd(4), codec] as const),
    ),
  );
}
