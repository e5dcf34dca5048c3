import type { XmlElement } from './xml.js';

/** Colour in the code points of ITU-T H.273, where it is known. */
export interface ColorDescription {
  /** ColourPrimaries. */
  readonly primaries: number;
  /** TransferCharacteristics. */
  readonly transfer: number;
  /** MatrixCoefficients. */
  readonly matrix: number;
}

/** What a rendition is for, in the words of DASH: ISO/IEC 23009-1, table 22. */
export type DashRole =
  'main' | 'alternate' | 'dub' | 'commentary' | 'subtitle' | 'caption' | 'forced-subtitle';

/** Whom a rendition of sound is made for. */
export type AudioPurpose = 'visually-impaired' | 'hearing-impaired';

/** H.273: nothing is said. */
const UNSPECIFIED = 2;

/** ChannelConfiguration of as many channels as a rule has them: ISO/IEC 23091-3, table 1. */
const CHANNEL_CONFIGURATIONS: ReadonlyMap<number, number> = new Map([
  [1, 1],
  [2, 2],
  [3, 3],
  [4, 4],
  [5, 5],
  // 5.1, 6.1, and 7.1 with two channels at the sides and two behind.
  [6, 6],
  [7, 11],
  [8, 12],
]);

/** AudioPurposeCS of TV-Anytime: ETSI TS 102 822-3-1, annex A. */
const AUDIO_PURPOSES: Readonly<Record<AudioPurpose, string>> = {
  'visually-impaired': '1',
  'hearing-impaired': '2',
};

/** A descriptor: a scheme, and a value of it. */
function descriptor(name: string, schemeIdUri: string, value: string | number): XmlElement {
  return { name, attributes: { schemeIdUri, value } };
}

/** Says what a rendition is for. */
export function describeRole(role: DashRole): XmlElement {
  return descriptor('Role', 'urn:mpeg:dash:role:2011', role);
}

/** Says whom a rendition of sound is made for. */
export function describeAudioPurpose(purpose: AudioPurpose): XmlElement {
  return descriptor('Accessibility', 'urn:tva:metadata:cs:AudioPurposeCS:2007', AUDIO_PURPOSES[purpose]);
}

/**
 * Says how many channels there are, and where.
 * @returns nothing for a number that has no usual layout.
 */
export function describeChannels(channels: number): XmlElement[] {
  const configuration = CHANNEL_CONFIGURATIONS.get(channels);
  if (configuration === undefined) return [];
  return [
    descriptor(
      'AudioChannelConfiguration',
      'urn:mpeg:mpegB:cicp:ChannelConfiguration',
      String(configuration),
    ),
  ];
}

/**
 * Says how the video's colours are coded. It is said as what may help, and not as what must be understood: browsers show
 * HDR on any screen, and a player that drops what it does not know would be left with nothing.
 * @see ISO/IEC 23091-2; ISO/IEC 23009-1, section 5.8.5.13
 */
export function describeColor({ primaries, transfer, matrix }: ColorDescription): XmlElement[] {
  return [
    ['ColourPrimaries', primaries] as const,
    ['TransferCharacteristics', transfer] as const,
    ['MatrixCoefficients', matrix] as const,
  ]
    .filter(([, codePoint]) => codePoint !== UNSPECIFIED)
    .map(([name, codePoint]) => descriptor('SupplementalProperty', `urn:mpeg:mpegB:cicp:${name}`, codePoint));
}

/**
 * Says that a player may go over to other adaptation sets of the same pictures, between any two segments.
 * @param ids - of the others; at least one.
 * @see ISO/IEC 23009-1, section 5.3.3.5
 */
export function describeSwitching(ids: readonly number[]): XmlElement {
  return descriptor('SupplementalProperty', 'urn:mpeg:dash:adaptation-set-switching:2016', ids.join(','));
}
