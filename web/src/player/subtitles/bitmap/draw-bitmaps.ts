// Draws subtitles that are pictures, from what their decoders make of them.
import { followPictures } from '../picture-clock.js';
import { placeIn, watchPictureBox, type Box } from '../picture-box.js';
import { SubtitleParts } from '../subtitle-parts.js';
import type { SubtitleRenderer, SubtitleStage } from '../subtitle-renderer.js';
import { pictureAt, type BitmapPicture } from './bitmap-picture.js';

/** Subtitles that are pictures. */
export interface BitmapSource {
  /**
   * Fetches and parses the pictures of a part.
   * @param query - names the part; empty for all.
   */
  readonly fetchPart: (query: string, signal: AbortSignal) => Promise<readonly BitmapPicture[]>;
  /** The plane is as wide as the film's picture, whatever their shapes: it has pixels that are not square, as the film has. */
  readonly isStretched: boolean;
}

/** Begins to draw on a stage. */
export function drawBitmaps(
  stage: SubtitleStage,
  { fetchPart, isStretched }: BitmapSource,
): SubtitleRenderer {
  const ending = new AbortController();
  const canvas = document.createElement('canvas');
  canvas.className = 'drawn-subtitles';
  stage.layer.append(canvas);
  let drawn: BitmapPicture | undefined;
  let time = 0;
  let place = (): void => undefined;
  const draw = (): void => {
    const part = parts.at(time);
    // While a part is fetched, nothing is better than what belongs elsewhere.
    const picture = part && pictureAt(part.content, time);
    if (picture === drawn) return;
    drawn = picture;
    paint(canvas, picture);
    place();
  };
  const parts = new SubtitleParts({ isWhole: false, fetchPart, onPart: draw });
  watchPictureBox(
    stage,
    (box, around) => {
      place = () => placeIn(canvas, isStretched ? box : planeBox(canvas, box, around));
      place();
    },
    ending.signal,
  );
  const onTime = (seconds: number): void => {
    time = seconds;
    draw();
  };
  followPictures(stage, onTime, ending.signal);
  return {
    dispose: () => {
      ending.abort();
      parts.dispose();
      canvas.remove();
      // Its memory goes at once, not when it is collected.
      canvas.width = canvas.height = 0;
    },
  };
}

/**
 * Where a plane lies: its middle is that of the picture, which it covers, as bars may have been cut from the film; but it does
 * not reach beyond the screen, where nothing would be seen of it.
 */
function planeBox(
  plane: Pick<Box, 'width' | 'height'>,
  picture: Box,
  around: Pick<Box, 'width' | 'height'>,
): Box {
  const covering = Math.max(picture.width / plane.width, picture.height / plane.height);
  const scale = Math.min(covering, around.width / plane.width, around.height / plane.height);
  const [width, height] = [plane.width * scale, plane.height * scale];
  return {
    left: picture.left + (picture.width - width) / 2,
    top: picture.top + (picture.height - height) / 2,
    width,
    height,
  };
}

function paint(canvas: HTMLCanvasElement, picture: BitmapPicture | undefined): void {
  const context = canvas.getContext('2d')!;
  context.clearRect(0, 0, canvas.width, canvas.height);
  if (picture === undefined || picture.images.length === 0) return;
  if (canvas.width !== picture.width || canvas.height !== picture.height)
    [canvas.width, canvas.height] = [picture.width, picture.height];
  for (const image of picture.images) {
    if (image.width > 0 && image.height > 0)
      context.putImageData(new ImageData(image.decode(), image.width, image.height), image.x, image.y);
  }
}
