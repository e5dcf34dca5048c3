import { createAvcInspector } from '../codecs/h264/inspect-sample.js';
import { createHevcInspector } from '../codecs/hevc/inspect-sample.js';
import type { ChunkMemory } from '../media/source.js';
import { adtsRule, createLoasRule, dolbyRule, mpegAudioRule } from './audio-rules.js';
import { AudioStream, type AudioStreamOptions } from './audio-stream.js';
import type { ElementaryStream, TakeFrame } from './elementary-stream.js';
import { FrameMemory } from './frame-memory.js';
import { MessageStream } from './message-stream.js';
import { createAvcJudge, createHevcJudge } from './picture-rules.js';
import { PictureStream } from './picture-stream.js';
import type { StreamContent } from './stream-info.js';

/** Bytes of a piece of memory for pictures: as many as a file is read in, so that both use the same again. */
const pictureBytes = 2 << 20;
const otherBytes = 64 << 10;

const audioRules = {
  aac: () => adtsRule,
  latm: createLoasRule,
  ac3: () => dolbyRule,
  mpeg: () => mpegAudioRule,
} as const;

/** How a stream is made. */
export interface CreateStreamOptions {
  /** Takes the frames. */
  readonly take: TakeFrame;
  /** Told of a frame that is left out because a part of it is missing. */
  readonly reportLoss: AudioStreamOptions['reportLoss'];
  /** Duration of a picture in 90 kHz; 0 when it is not known. */
  readonly pictureTicks: number;
  /** Parameter sets of a video track, where they are known. */
  readonly codecPrivate?: Uint8Array | undefined;
  /** Only the beginnings of pictures are wanted. */
  readonly beginningsOnly?: boolean | undefined;
  /** Memory for pictures. */
  readonly memory?: ChunkMemory | undefined;
}

/**
 * Makes what takes a stream apart.
 * @returns undefined for what is no stream of frames.
 */
export function createStream(
  content: StreamContent,
  options: CreateStreamOptions,
): ElementaryStream | undefined {
  const { take, reportLoss, pictureTicks, codecPrivate, beginningsOnly, memory } = options;
  switch (content.type) {
    case 'video': {
      const isAvc = content.codec === 'h264';
      return new PictureStream({
        memory: new FrameMemory({ pieceBytes: pictureBytes, memory }),
        judge: isAvc ? createAvcJudge(codecPrivate) : createHevcJudge(),
        inspect: isAvc
          ? createAvcInspector(4)
          : createHevcInspector({ lengthSize: 4, highestTemporalId: undefined }),
        take,
        duration: pictureTicks,
        beginningsOnly,
      });
    }
    case 'audio': {
      const common = { memory: new FrameMemory({ pieceBytes: otherBytes }), take, reportLoss };
      return new AudioStream({ ...common, rule: audioRules[content.codec]() });
    }
    case 'subtitle':
      return new MessageStream(new FrameMemory({ pieceBytes: otherBytes }), take);
    default:
      return undefined;
  }
}
