import { BitReader } from '../../bytes/bit-reader.js';
import { MalformedMediaError, UnsupportedMediaError } from '../../errors.js';
import { readProgramConfigChannels } from './program-config-element.js';
import { readSamplingFrequency } from './sampling-frequency.js';
import { readUsacConfig } from './usac-config.js';

/** What an AudioSpecificConfig says. */
export interface AudioSpecificConfig {
  /** Audio object type of the core: 1 Main, 2 LC, 3 SSR, 4 LTP, 23 LD, 39 ELD, 42 USAC. */
  readonly objectType: number;
  /** Samples a second of the core. */
  readonly coreSampleRate: number;
  /** Samples a second after decoding: the core's, or SBR's where it is signalled. */
  readonly sampleRate: number;
  /** channelConfiguration of the core: which elements an access unit holds; 0 when a program_config_element says. */
  readonly channelConfiguration: number;
  /** Channels after decoding; 0 when only the bitstream says. */
  readonly channels: number;
  /** Samples that one frame gives, at `sampleRate`. */
  readonly frameSamples: number;
  /** Spectral band replication: signalled as used, as not used, or not spoken of. */
  readonly sbr: 'present' | 'absent' | 'unknown';
  /** Parametric stereo is signalled. */
  readonly hasParametricStereo: boolean;
}

/** Audio object types that the layout of the configuration depends on. ISO/IEC 14496-3, table 1.17. */
const objectTypes = { sbr: 5, erBsac: 22, ps: 29, eld: 39, usac: 42 } as const;

/** Object types with a GASpecificConfig. */
const generalAudio = new Set([1, 2, 3, 4, 6, 7, 17, 19, 20, 21, 22, 23]);
/** Of those, the error resilient ones. */
const errorResilient = new Set([17, 19, 20, 21, 22, 23]);

/** Channels for channelConfiguration. ISO/IEC 14496-3, table 1.19; 8 to 10 and 15 are reserved. */
const channelCounts: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 8, 0, 0, 0, 7, 8, 24, 8, 0];

/**
 * Parses an AudioSpecificConfig, with SBR and parametric stereo signalled explicitly in either form.
 * @param bytes - the configuration alone, to its end.
 * @throws {MalformedMediaError} when it is cut off or uses a reserved value.
 * @throws {UnsupportedMediaError} for object types that are not AAC.
 * @see ISO/IEC 14496-3, section 1.6.2.1
 */
export function parseAudioSpecificConfig(bytes: Uint8Array): AudioSpecificConfig {
  return readAudioSpecificConfig(new BitReader(bytes, 'AudioSpecificConfig'), { isLengthKnown: true });
}

/**
 * Reads an AudioSpecificConfig that stands among other bits.
 * @param options - `isLengthKnown`: the reader ends where the configuration does, so that the backward compatible
 * extension, which is recognised by what is left, may be looked for.
 * @throws As {@link parseAudioSpecificConfig}.
 */
export function readAudioSpecificConfig(
  reader: BitReader,
  options: { readonly isLengthKnown: boolean },
): AudioSpecificConfig {
  const start = reader.position;
  let objectType = readObjectType(reader);
  const coreSampleRate = readSamplingFrequency(reader);
  const channelConfiguration = reader.bits(4);
  let sampleRate = coreSampleRate;
  let sbr: AudioSpecificConfig['sbr'] = 'unknown';
  let hasParametricStereo = false;
  if (objectType === objectTypes.sbr || objectType === objectTypes.ps) {
    sbr = 'present';
    hasParametricStereo = objectType === objectTypes.ps;
    sampleRate = readSamplingFrequency(reader);
    objectType = readObjectType(reader);
    if (objectType === objectTypes.erBsac) reader.skip(4); // extensionChannelConfiguration
  }
  let channels = channelCounts[channelConfiguration]!;
  let coreFrame: number;
  if (generalAudio.has(objectType)) {
    const general = readGeneralAudio(reader, { objectType, channelConfiguration, start });
    coreFrame = general.frame;
    channels = general.channels ?? channels;
  } else if (objectType === objectTypes.eld) {
    const isShort = reader.flag();
    coreFrame = isShort ? 480 : 512;
    reader.skip(3); // resilience flags
    if (reader.flag()) {
      // ldSbrSamplingRate: low delay SBR at twice the core's rate, or at the same.
      sbr = 'present';
      sampleRate = coreSampleRate * (reader.flag() ? 2 : 1);
    }
  } else if (objectType === objectTypes.usac) {
    const usac = readUsacConfig(reader);
    return {
      objectType,
      coreSampleRate: usac.sampleRate,
      sampleRate: usac.sampleRate,
      channelConfiguration,
      channels: usac.channels,
      frameSamples: usac.frameSamples,
      sbr: 'absent',
      hasParametricStereo: false,
    };
  } else {
    throw new UnsupportedMediaError(`MPEG-4 audio object type ${objectType} is not AAC.`, {
      context: { element: 'AudioSpecificConfig', spec: 'ISO/IEC 14496-3, table 1.17' },
    });
  }
  if (errorResilient.has(objectType)) reader.skip(2); // epConfig
  if (sbr === 'unknown' && options.isLengthKnown) {
    const extension = readSyncExtension(reader);
    sbr = extension.sbr;
    sampleRate = extension.sampleRate ?? sampleRate;
    hasParametricStereo = extension.hasParametricStereo;
  }
  return {
    objectType,
    coreSampleRate,
    sampleRate,
    channelConfiguration,
    channels: hasParametricStereo && channels === 1 ? 2 : channels,
    frameSamples: scaleFrame(coreFrame, coreSampleRate, sampleRate),
    sbr,
    hasParametricStereo,
  };
}

/** SBR doubles the rate, or keeps it when used without upsampling; nothing else exists. */
function scaleFrame(coreFrame: number, coreSampleRate: number, sampleRate: number): number {
  if (sampleRate === coreSampleRate) return coreFrame;
  if (sampleRate === coreSampleRate * 2) return coreFrame * 2;
  throw new MalformedMediaError(
    `The AAC configuration extends ${coreSampleRate} Hz to ${sampleRate} Hz; SBR can only double it.`,
    {
      context: { element: 'AudioSpecificConfig', spec: 'ISO/IEC 14496-3, section 1.6.5' },
    },
  );
}

function readObjectType(reader: BitReader): number {
  const type = reader.bits(5);
  return type === 31 ? 32 + reader.bits(6) : type;
}

/** @see ISO/IEC 14496-3, section 4.4.1 (GASpecificConfig) */
function readGeneralAudio(
  reader: BitReader,
  base: { readonly objectType: number; readonly channelConfiguration: number; readonly start: number },
): { frame: number; channels: number | undefined } {
  const { objectType } = base;
  const isShort = reader.flag();
  if (reader.flag()) reader.skip(14); // coreCoderDelay
  const hasExtension = reader.flag();
  let channels: number | undefined;
  if (base.channelConfiguration === 0) channels = readProgramConfigChannels(reader);
  if (objectType === 6 || objectType === 20) reader.skip(3); // layerNr
  if (hasExtension) {
    if (objectType === objectTypes.erBsac)
      reader.skip(16); // numOfSubFrame, layer_length
    else if (errorResilient.has(objectType) && objectType !== 21) reader.skip(3); // resilience flags
    reader.skip(1); // extensionFlag3
  }
  const isLowDelay = objectType === 23;
  return { frame: isLowDelay ? (isShort ? 480 : 512) : isShort ? 960 : 1024, channels };
}

/** The backward compatible signalling, which older decoders take for padding. */
function readSyncExtension(reader: BitReader): {
  sbr: AudioSpecificConfig['sbr'];
  sampleRate: number | undefined;
  hasParametricStereo: boolean;
} {
  const nothing = { sbr: 'unknown', sampleRate: undefined, hasParametricStereo: false } as const;
  if (reader.remaining < 16 || reader.bits(11) !== 0x2b7) return nothing;
  if (readObjectType(reader) !== objectTypes.sbr) return nothing;
  if (!reader.flag()) return { ...nothing, sbr: 'absent' };
  const sampleRate = readSamplingFrequency(reader);
  const hasParametricStereo = reader.remaining >= 12 && reader.bits(11) === 0x548 && reader.flag();
  return { sbr: 'present', sampleRate, hasParametricStereo };
}
