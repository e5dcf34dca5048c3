/** Names a subtitle track in addresses: `t3`. */
export function subtitleIdOf(trackId: number): string {
  return `t${trackId}`;
}

/** The rendition of a subtitle in HLS: its id, and the version of its source, where there is one. */
export function writeSubtitleRendition(id: string, version: string | undefined): string {
  return version === undefined ? id : `${id}-${version}`;
}

/**
 * Parses the rendition of a subtitle.
 * @returns the id of a track (`t` and its number) or of a file (`f` and what tells it from others), and the version;
 * undefined when it is no such name.
 */
export function parseSubtitleRendition(
  name: string,
): { readonly id: string; readonly version: string | undefined } | undefined {
  const [, id, version] = /^(t[1-9]\d{0,15}|f[0-9a-f]{10})(?:-([0-9a-f]{12}))?$/.exec(name) ?? [];
  return id === undefined ? undefined : { id, version };
}
