// Keeps something exactly over the picture, wherever the element shows it: the element may be wider or higher than the picture.
import type { SubtitleStage } from './subtitle-renderer.js';

/** A rectangle, in CSS pixels from the layer's corner. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Finds where the picture is within the layer.
 * @returns undefined while there is no picture.
 */
function pictureBox({ video, layer }: SubtitleStage): Box | undefined {
  const { videoWidth, videoHeight } = video;
  const element = video.getBoundingClientRect();
  if (videoWidth === 0 || videoHeight === 0 || element.width === 0 || element.height === 0) return undefined;
  const corner = layer.getBoundingClientRect();
  const scale = Math.min(element.width / videoWidth, element.height / videoHeight);
  const [width, height] = [videoWidth * scale, videoHeight * scale];
  return {
    left: element.left - corner.left + (element.width - width) / 2,
    top: element.top - corner.top + (element.height - height) / 2,
    width,
    height,
  };
}

/**
 * Says where the picture is, now and whenever that changes, until it is aborted.
 * @param onBox - told the picture's box, and the size of the layer around it.
 */
export function watchPictureBox(
  stage: SubtitleStage,
  onBox: (box: Box, around: Pick<Box, 'width' | 'height'>) => void,
  signal: AbortSignal,
): void {
  const look = (): void => {
    const box = pictureBox(stage);
    if (box !== undefined) onBox(box, { width: stage.layer.clientWidth, height: stage.layer.clientHeight });
  };
  const observer = new ResizeObserver(look);
  observer.observe(stage.video);
  observer.observe(stage.layer);
  signal.addEventListener('abort', () => observer.disconnect());
  // Of the picture, not of the element: another rendition, or another film.
  stage.video.addEventListener('resize', look, { signal });
  look();
}

/** Puts an element into a box. */
export function placeIn({ style }: HTMLElement, { left, top, width, height }: Box): void {
  style.position = 'absolute';
  style.left = `${left}px`;
  style.top = `${top}px`;
  style.width = `${width}px`;
  style.height = `${height}px`;
}
