import { Frame, SoftwareResampleContext, type ChannelLayout } from 'node-av/lib';
import { AV_CHANNEL_ORDER_NATIVE, AV_SAMPLE_FMT_FLTP } from 'node-av/constants';
import { EngineError } from '../../errors.js';
import { buildDownmix } from './downmix.js';
import { check } from './native.js';

/** Samples that the mixer's frame holds at first; it grows when a decoder gives more at once. */
const INITIAL_CAPACITY = 8192;

/** The most samples of one frame: a decoder that gives more is being led astray. */
const MAX_FRAME_SAMPLES = 1 << 20;

/**
 * Turns decoded frames of any sample format and channel layout into planes of 32-bit floats in the output's channels.
 * It is set up anew when the format changes. Sample rates pass through.
 */
export class ChannelMixer implements Disposable {
  readonly #outputChannels: 2 | 6;
  readonly #outputLayout: ChannelLayout;
  #context: SoftwareResampleContext | undefined;
  /** Where libswresample writes; kept from frame to frame, so that the views of it are made once. */
  #output: Frame | undefined;
  #capacity = 0;
  #planes: Float32Array[] = [];
  #format = NaN;
  #rate = NaN;
  #channels = NaN;
  #order = NaN;
  #mask = -1n;
  #canOverload = false;

  /** @param outputChannels - 2 for stereo, 6 for 5.1. */
  constructor(outputChannels: 2 | 6) {
    this.#outputChannels = outputChannels;
    this.#outputLayout = nativeLayout(outputChannels === 2 ? 0x3n : 0x3fn, outputChannels);
  }

  /** The samples of the frame converted last, one array a channel; valid until the next frame. */
  get planes(): readonly Float32Array[] {
    return this.#planes;
  }

  /** Whether the frame converted last was mixed in a way that can overload. */
  get canOverload(): boolean {
    return this.#canOverload;
  }

  /**
   * Converts a frame.
   * @param frame - decoded audio; not kept. Its layout is renamed when it has no native one.
   * @returns the number of samples in {@link planes}.
   * @throws {EngineError} when the frame's format makes no sense.
   */
  convert(frame: Frame): number {
    const count = frame.nbSamples;
    if (count > MAX_FRAME_SAMPLES) throw new EngineError(`A decoded frame has ${count} samples.`);
    this.#adapt(frame);
    if (count > this.#capacity) this.#allocate(count);
    const output = this.#output!;
    output.nbSamples = this.#capacity;
    check(this.#context!.convertFrame(output, frame), 'Converting decoded audio');
    return output.nbSamples;
  }

  /** Frees the native parts. Once. */
  [Symbol.dispose](): void {
    this.#context?.free();
    this.#output?.free();
    this.#context = undefined;
    this.#output = undefined;
  }

  #adapt(frame: Frame): void {
    const { nbChannels, order, mask } = frame.channelLayout;
    const isSame =
      frame.format === this.#format &&
      frame.sampleRate === this.#rate &&
      nbChannels === this.#channels &&
      order === this.#order &&
      mask === this.#mask;
    const layout = order === AV_CHANNEL_ORDER_NATIVE ? undefined : substituteLayout(nbChannels);
    // libswresample refuses layouts without a native mask. The matrix goes by position, so any mask of that many will do.
    if (layout !== undefined) frame.channelLayout = layout;
    if (isSame) return;
    this[Symbol.dispose]();
    this.#format = NaN;
    const matrix = buildDownmix(layout === undefined ? mask : 0n, nbChannels, this.#outputChannels);
    const context = new SoftwareResampleContext();
    this.#context = context;
    check(
      context.allocSetOpts2(
        this.#outputLayout,
        AV_SAMPLE_FMT_FLTP,
        frame.sampleRate,
        layout ?? frame.channelLayout,
        frame.format as never,
        frame.sampleRate,
      ),
      'Setting up the channel mixer',
    );
    check(context.setMatrix([...matrix.gains], nbChannels), 'Setting the channel mixer’s levels');
    check(context.init(), 'Starting the channel mixer');
    this.#rate = frame.sampleRate;
    this.#allocate(INITIAL_CAPACITY);
    this.#format = frame.format;
    this.#channels = nbChannels;
    this.#order = order;
    this.#mask = mask;
    this.#canOverload = matrix.canOverload;
  }

  #allocate(capacity: number): void {
    this.#output?.free();
    const output = new Frame();
    output.alloc();
    this.#output = output;
    output.format = AV_SAMPLE_FMT_FLTP;
    output.channelLayout = this.#outputLayout;
    output.sampleRate = this.#rate;
    output.nbSamples = capacity;
    check(output.allocBuffer(), 'Allocating the channel mixer’s output');
    this.#capacity = capacity;
    this.#planes = (output.data ?? []).map(
      (plane) => new Float32Array(plane.buffer, plane.byteOffset, capacity),
    );
  }
}

function nativeLayout(mask: bigint, nbChannels: number): ChannelLayout {
  return { nbChannels, order: AV_CHANNEL_ORDER_NATIVE, mask };
}

function substituteLayout(nbChannels: number): ChannelLayout {
  return nativeLayout((1n << BigInt(nbChannels)) - 1n, nbChannels);
}
