import type { VideoPacket } from '../engine/video-packet.js';
import { isHidden, type Sample } from '../media/sample.js';

/**
 * What an edit list makes of a picture that is to be decoded.
 * @param sample - the picture.
 * @param isWithin - its time is one that is shown; whatever comes before the start is not shown for its time alone.
 */
export function hiddenOf(
  sample: Sample,
  isWithin: boolean,
): Pick<VideoPacket, 'isHidden' | 'beginsAnew'> | undefined {
  const beginsAnew = sample.beginsAnew === true;
  const isHiddenWithin = isWithin && isHidden(sample);
  return beginsAnew || isHiddenWithin ? { isHidden: isHiddenWithin, beginsAnew } : undefined;
}
