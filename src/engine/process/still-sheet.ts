import { Codec, CodecContext, Frame, Packet, Rational } from 'node-av/lib';
import { AV_PIX_FMT_YUVJ420P } from 'node-av/constants';
import { EngineError, UnsupportedMediaError } from '../../errors.js';
import type { StillSheetRequest } from '../still-job.js';
import type { Job } from './job.js';
import { check } from './native.js';

/** FF_QP2LAMBDA: how libavcodec writes a quantiser where a fraction could be asked for. */
const QP_TO_LAMBDA = 118;

/** What is seen where there is no picture: a dark grey, and no colour. */
const GREY_LUMA = 56;
const NO_CHROMA = 128;

/** Puts pictures side by side, and writes them as one JPEG. */
export const stillSheetJob: Job = ({ meta, payload }) => {
  const request = meta as unknown as StillSheetRequest;
  using frame = new Frame();
  frame.alloc();
  frame.format = AV_PIX_FMT_YUVJ420P;
  frame.width = request.width;
  frame.height = request.height;
  check(frame.allocBuffer(), 'Taking memory for a picture');
  const planes = frame.data ?? [];
  const { linesize } = frame;
  for (const [i, plane] of planes.entries()) plane.fill(i === 0 ? GREY_LUMA : NO_CHROMA);
  let position = 0;
  for (const [left, top, width, height] of request.pictures) {
    for (const [i, plane] of planes.entries()) {
      // Planes of colour have half the pixels across and down.
      const shift = i === 0 ? 0 : 1;
      const rowBytes = width >> shift;
      for (let row = 0; row < height >> shift; row++) {
        const at = ((top >> shift) + row) * linesize[i]! + (left >> shift);
        plane.set(payload.subarray(position, (position += rowBytes)), at);
      }
    }
  }
  if (position !== payload.byteLength) {
    throw new EngineError(`The pictures have ${position} bytes, and ${payload.byteLength} came.`);
  }
  return { meta: {}, parts: [encodeJpeg(frame, request.quantizer)] };
};

function encodeJpeg(frame: Frame, quantizer: number): Uint8Array {
  const codec = Codec.findEncoderByName('mjpeg' as never);
  if (codec === null) throw new UnsupportedMediaError('This engine has no encoder for JPEG.');
  const context = new CodecContext();
  const packet = new Packet();
  context.allocContext3(codec);
  packet.alloc();
  try {
    context.pixelFormat = AV_PIX_FMT_YUVJ420P;
    context.width = frame.width;
    context.height = frame.height;
    context.timeBase = new Rational(1, 1);
    context.threadCount = 1;
    check(context.setOption('flags', '+qscale+bitexact'), 'Setting the JPEG encoder up');
    context.globalQuality = quantizer * QP_TO_LAMBDA;
    check(context.open2Sync(codec, null), 'Opening the JPEG encoder');
    frame.quality = quantizer * QP_TO_LAMBDA;
    frame.pts = 0n;
    check(context.sendFrameSync(frame), 'Encoding a JPEG');
    check(context.sendFrameSync(null), 'Ending the JPEG encoder');
    check(context.receivePacketSync(packet), 'Encoding a JPEG');
    return Uint8Array.from(packet.data!);
  } finally {
    packet.free();
    context.freeContext();
  }
}
