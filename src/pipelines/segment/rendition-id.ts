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
  /** Of a rung of the ladder the height of its box, in pixels; absent for a form that is as high as the source. */
  readonly height?: number | undefined;
  /** Its segments are short ones, for players that have no copy of the track to change to. */
  readonly isShort?: boolean | undefined;
}

const pattern =
  /^([va])([1-9]\d{0,15})(?:-(?:(aac)|(h264)(?:-([1-9]\d{1,3}))?(?:-(short))?))?(?:-([0-9a-f]{12}))?$/;

/**
 * Names a rendition: `v1`, `v1-h264`, `v1-h264-720`, `v1-h264-720-short`, `a2`, `a2-aac`, and the version behind, where there is one.
 * @param name - what it is.
 * @param version - twelve hexadecimal digits.
 */
export function writeRenditionId(
  { type, trackId, form, height, isShort }: RenditionName,
  version: string | undefined,
): string {
  const parts = [`${type === 'video' ? 'v' : 'a'}${trackId}`];
  if (form !== 'copy') parts.push(form);
  if (height !== undefined) parts.push(String(height));
  if (isShort === true) parts.push('short');
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
  const [, kind, number, audioForm, videoForm, height, short, version] = pattern.exec(id) ?? [];
  if (kind === undefined || number === undefined) return undefined;
  const type = kind === 'v' ? 'video' : 'audio';
  const form = audioForm ?? videoForm;
  if (form !== undefined && (form === 'h264') !== (type === 'video')) return undefined;
  const trackId = Number(number);
  if (!Number.isSafeInteger(trackId)) return undefined;
  const name: RenditionName = {
    type,
    trackId,
    form: (form as RenditionForm | undefined) ?? 'copy',
    ...(height === undefined ? {} : { height: Number(height) }),
    ...(short === undefined ? {} : { isShort: true }),
  };
  return { name, version };
}
