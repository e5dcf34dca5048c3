/** In what form a rendition carries its track. */
export type RenditionForm = 'copy' | 'aac' | 'h264';

/** What the name of a rendition says. */
export interface RenditionName {
  /** The kind of track. */
  readonly type: 'video' | 'audio';
  /** Number of the source's track. */
  readonly trackId: number;
  /** Its form. */
  readonly form: RenditionForm;
}

const pattern = /^([va])([1-9]\d{0,15})(?:-(aac|h264))?(?:-([0-9a-f]{12}))?$/;

/**
 * Names a rendition: `v1`, `v1-h264`, `a2`, `a2-aac`, and the version behind, where there is one.
 * @param name - what it is.
 * @param version - twelve hexadecimal digits.
 */
export function writeRenditionId(
  { type, trackId, form }: RenditionName,
  version: string | undefined,
): string {
  const parts = [`${type === 'video' ? 'v' : 'a'}${trackId}`];
  if (form !== 'copy') parts.push(form);
  if (version !== undefined) parts.push(version);
  return parts.join('-');
}

/**
 * Parses the name of a rendition.
 * @returns what it says and the version in it; undefined when it is none that {@link writeRenditionId} writes.
 */
export function parseRenditionId(
  id: string,
): { readonly name: RenditionName; readonly version: string | undefined } | undefined {
  const [, kind, number, form, version] = pattern.exec(id) ?? [];
  if (kind === undefined || number === undefined) return undefined;
  const type = kind === 'v' ? 'video' : 'audio';
  if (form !== undefined && (form === 'h264') !== (type === 'video')) return undefined;
  const trackId = Number(number);
  if (!Number.isSafeInteger(trackId)) return undefined;
  return { name: { type, trackId, form: (form as RenditionForm | undefined) ?? 'copy' }, version };
}
