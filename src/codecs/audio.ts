import { isSameBytes } from '../bytes/same-bytes.js';
import { MalformedMediaError, UnsupportedMediaError } from '../errors.js';
import type { AudioTrack } from '../media/track.js';
import { adtsForm, isAdtsFrame, viewAdtsPayload } from './aac/adts.js';
import { parseAudioSpecificConfig } from './aac/audio-specific-config.js';
import { configureAac, resolveAacConfig } from './aac/configure.js';
import { isLoasFrame, LatmReader } from './aac/latm.js';
import { buildSilentAccessUnit } from './aac/silent-access-unit.js';
import { ac3Channels } from './ac3/channels.js';
import { buildDac3 } from './ac3/dac3.js';
import { isEac3SyncFrame, parseAc3SyncFrame } from './ac3/sync-frame.js';
import type { AudioConfiguration } from './configuration.js';
import { parseEac3AccessUnit } from './eac3/access-unit.js';
import { buildDec3, eac3Channels } from './eac3/dec3.js';
import { configureFlac } from './flac/configure.js';
import { configureMp3 } from './mp3/configure.js';
import { configureOpus } from './opus/configure.js';

/**
 * Declares an audio track for an init segment.
 * @param track - the track as its container describes it.
 * @param firstSample - its first sample as the container stores it; needed for AC-3, E-AC-3, MP3, and AAC without
 * private data. Not kept.
 * @returns undefined when segmint writes no MP4 form of the codec: the audio is then transcoded.
 * @throws {MalformedMediaError | UnsupportedMediaError | LimitExceededError} when private data or sample break the
 * codec's rules, or use what cannot be copied.
 */
export function configureAudio(
  track: AudioTrack,
  firstSample: Uint8Array | undefined,
): AudioConfiguration | undefined {
  switch (track.codec) {
    case 'aac':
      return configureAac(track, firstSample);
    case 'ac3':
    case 'eac3':
      return configureDolby(track, firstSample);
    case 'opus':
      return configureOpus(track);
    case 'flac':
      return configureFlac(track);
    case 'mp3':
      return configureMp3(track, firstSample);
    default:
      return undefined;
  }
}

/** AC-3 or E-AC-3, as the frame says: containers mix the two up. */
function configureDolby(track: AudioTrack, firstSample: Uint8Array | undefined): AudioConfiguration {
  if (firstSample === undefined) {
    throw new MalformedMediaError('The AC-3 track has no frame, which alone tells its format.', {
      context: { track: track.id },
    });
  }
  const common = { sampleSize: 16, preRoll: 0 } as const;
  if (!isEac3SyncFrame(firstSample)) {
    const frame = parseAc3SyncFrame(firstSample);
    return {
      ...common,
      sampleEntry: 'ac-3',
      codecString: 'ac-3',
      decoder: { kind: 'box', type: 'dac3', payload: buildDac3(frame) },
      sampleRate: frame.sampleRate,
      channels: ac3Channels(frame.acmod, frame.hasLfe),
    };
  }
  const frames = parseEac3AccessUnit(firstSample);
  return {
    ...common,
    sampleEntry: 'ec-3',
    codecString: 'ec-3',
    decoder: { kind: 'box', type: 'dec3', payload: buildDec3(frames) },
    sampleRate: frames[0]!.sampleRate,
    channels: eac3Channels(frames),
  };
}

/**
 * Makes the conversion of a track's samples into MP4's form. LATM's later frames refer to earlier ones, so a
 * converter is fed in order.
 * @param firstSample - a sample of the track that carries its headers.
 * @returns undefined when samples are to be sent as they are, which is the rule. ADTS gives a view without the header,
 * LATM a copy; a frame of another configuration than the first one, which a decoder would take for damage, becomes one of
 * silence. The conversion itself throws MalformedMediaError or UnsupportedMediaError for a LATM frame that it cannot
 * read, or for which there is no silence.
 */
export function createAudioConverter(
  track: AudioTrack,
  firstSample: Uint8Array | undefined,
): ((data: Uint8Array) => Uint8Array) | undefined {
  if (track.codec !== 'aac' || firstSample === undefined) return undefined;
  if (isAdtsFrame(firstSample)) return createAdtsConverter(track, firstSample);
  if (!isLoasFrame(firstSample)) return undefined;
  const latm = new LatmReader();
  const { config: declared } = latm.read(firstSample);
  const silence = buildSilentAccessUnit(parseAudioSpecificConfig(declared));
  return (data) => {
    if (!isLoasFrame(data)) return data;
    const { config, payload } = latm.read(data);
    if (isSameBytes(config, declared)) return payload;
    if (silence !== undefined) return silence;
    throw new UnsupportedMediaError('The LATM stream changes its configuration, which cannot be copied.');
  };
}

function createAdtsConverter(track: AudioTrack, firstSample: Uint8Array): (data: Uint8Array) => Uint8Array {
  const declared = adtsForm(firstSample);
  const silence = buildSilentAccessUnit(resolveAacConfig(track, firstSample).config);
  return (data) => {
    if (!isAdtsFrame(data)) return data;
    return adtsForm(data) === declared || silence === undefined ? viewAdtsPayload(data) : silence;
  };
}
