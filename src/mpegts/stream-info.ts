import type { TrackRole } from '../media/track.js';

/** What a stream of a programme holds. */
export type StreamContent =
  | { readonly type: 'video'; readonly codec: 'h264' | 'hevc' }
  | { readonly type: 'audio'; readonly codec: 'aac' | 'latm' | 'ac3' | 'mpeg' }
  | {
      readonly type: 'subtitle';
      readonly codec: 'dvb_subtitle' | 'dvb_teletext' | 'hdmv_pgs_subtitle' | 'hdmv_text_subtitle';
    }
  /** Nothing to be seen or heard: tables, cues for advertising, metadata. */
  | { readonly type: 'data' }
  /** What may be seen or heard and is not taken apart here. */
  | { readonly type: 'foreign' };

/** What a programme map says of one of its streams. */
export interface ElementaryStreamInfo {
  /** Its PID. */
  readonly pid: number;
  /** What it holds. */
  readonly content: StreamContent;
  /** ISO 639-2 code, where one is stated. */
  readonly language: string | undefined;
  /** What it is for, where that is stated. */
  readonly roles: readonly TrackRole[];
}

/** descriptor_tag. ISO/IEC 13818-1, table 2-45; ETSI EN 300 468, table 12. */
const descriptorTag = {
  registration: 0x05,
  language: 0x0a,
  vbiTeletext: 0x46,
  teletext: 0x56,
  subtitling: 0x59,
  ac3: 0x6a,
  enhancedAc3: 0x7a,
} as const;

const audio = { type: 'audio' } as const;
const data: StreamContent = { type: 'data' };
const foreign: StreamContent = { type: 'foreign' };
const dolby: StreamContent = { ...audio, codec: 'ac3' };

/** stream_type that says all. ISO/IEC 13818-1, table 2-34; ATSC A/53 part 3. */
const byType: ReadonlyMap<number, StreamContent> = new Map<number, StreamContent>([
  [0x03, { ...audio, codec: 'mpeg' }],
  [0x04, { ...audio, codec: 'mpeg' }],
  [0x05, data],
  [0x0b, data],
  [0x0c, data],
  [0x0d, data],
  [0x0f, { ...audio, codec: 'aac' }],
  [0x11, { ...audio, codec: 'latm' }],
  [0x14, data],
  [0x15, data],
  [0x16, data],
  [0x1b, { type: 'video', codec: 'h264' }],
  [0x24, { type: 'video', codec: 'hevc' }],
  [0x81, dolby],
  // Cues for advertising: ANSI/SCTE 35, section 8.1.
  [0x86, data],
  [0x87, dolby],
]);

/** stream_type in programmes that are registered as of Blu-ray. */
const byTypeOfDisc: ReadonlyMap<number, StreamContent> = new Map<number, StreamContent>([
  [0x84, dolby],
  [0x90, { type: 'subtitle', codec: 'hdmv_pgs_subtitle' }],
  [0x92, { type: 'subtitle', codec: 'hdmv_text_subtitle' }],
]);

/** format_identifier of streams whose type is private. */
const byRegistration: ReadonlyMap<string, StreamContent> = new Map<string, StreamContent>([
  ['AC-3', dolby],
  ['EAC3', dolby],
  ['CUEI', data],
  ['ID3 ', data],
  ['KLVA', data],
]);

/** A descriptor's tag, and what follows its length. */
type Descriptor = readonly [number, Uint8Array];

/**
 * Tells what a stream of a programme holds.
 * @param pid - its PID.
 * @param streamType - stream_type.
 * @param descriptors - its own; not held.
 * @param information - the programme's descriptors; not held.
 * @see ISO/IEC 13818-1, sections 2.4.4.9 and 2.6
 */
export function describeElementaryStream(
  pid: number,
  streamType: number,
  descriptors: Uint8Array,
  information: Uint8Array,
): ElementaryStreamInfo {
  const own = viewDescriptors(descriptors);
  const isOfDisc = viewDescriptors(information).some((one) => registrationOf([one]) === 'HDMV');
  const content = contentOf(streamType, own, isOfDisc);
  return { pid, content, language: languageOf(own), roles: rolesOf(own) };
}

function contentOf(streamType: number, own: readonly Descriptor[], isOfDisc: boolean): StreamContent {
  if (isOfDisc && streamType > 0x81) return byTypeOfDisc.get(streamType) ?? foreign;
  if (byType.has(streamType)) return byType.get(streamType)!;
  const isPrivate = streamType === 0x06 || streamType >= 0x80;
  if (!isPrivate || isOfDisc) return foreign;
  const registered = byRegistration.get(registrationOf(own) ?? '');
  if (registered !== undefined) return registered;
  if (streamType !== 0x06) return foreign;
  const has = (tag: number): boolean => own.some(([one]) => one === tag);
  if (has(descriptorTag.ac3) || has(descriptorTag.enhancedAc3)) return dolby;
  if (has(descriptorTag.teletext) || has(descriptorTag.vbiTeletext)) {
    return { type: 'subtitle', codec: 'dvb_teletext' };
  }
  return has(descriptorTag.subtitling) ? { type: 'subtitle', codec: 'dvb_subtitle' } : foreign;
}

function viewDescriptors(bytes: Uint8Array): Descriptor[] {
  const descriptors: Descriptor[] = [];
  for (let at = 0; at + 2 <= bytes.length;) {
    const end = at + 2 + bytes[at + 1]!;
    descriptors.push([bytes[at]!, bytes.subarray(at + 2, end)]);
    at = end;
  }
  return descriptors;
}

function registrationOf(descriptors: readonly Descriptor[]): string | undefined {
  const found = descriptors.find(([tag]) => tag === descriptorTag.registration)?.[1];
  return found === undefined ? undefined : String.fromCharCode(...found.subarray(0, 4));
}

/** All three descriptors begin with the code of the first language. */
function languageOf(descriptors: readonly Descriptor[]): string | undefined {
  const tags: readonly number[] = [
    descriptorTag.language,
    descriptorTag.subtitling,
    descriptorTag.teletext,
    descriptorTag.vbiTeletext,
  ];
  for (const tag of tags) {
    const found = descriptors.find(([one, body]) => one === tag && body.length >= 3);
    const code = found && String.fromCharCode(...found[1].subarray(0, 3));
    if (code !== undefined && /^[A-Za-z]{3}$/.test(code)) return code;
  }
  return undefined;
}

/** audio_type behind the language: 2 for the hard of hearing, 3 for those who do not see. Subtitling types 0x20 to 0x24 too. */
function rolesOf(descriptors: readonly Descriptor[]): TrackRole[] {
  const audioType = descriptors.find(([tag]) => tag === descriptorTag.language)?.[1][3];
  const subtitlingType = descriptors.find(([tag]) => tag === descriptorTag.subtitling)?.[1][3] ?? 0;
  if (audioType === 3) return ['visually-impaired'];
  return audioType === 2 || (subtitlingType >= 0x20 && subtitlingType <= 0x25) ? ['hearing-impaired'] : [];
}
