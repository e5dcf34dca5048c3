// ASS and SSA with all their looks: libass, as WebAssembly in a worker, draws them with the fonts that travel in the film.
import JASSUB from 'jassub';
import fontFile from 'jassub/dist/default.woff2';
import plainFile from 'jassub/dist/wasm/jassub-worker.wasm';
import modernFile from 'jassub/dist/wasm/jassub-worker-modern.wasm';
import workerFile from 'jassub/dist/worker/worker.js?worker';
import { followPictures } from '../picture-clock.js';
import { placeIn, watchPictureBox } from '../picture-box.js';
import { readCapped } from '../read-capped.js';
import { SubtitleParts, type SubtitlePart } from '../subtitle-parts.js';
import type { OpenSubtitleRenderer, SubtitleStage } from '../subtitle-renderer.js';

/** Most bytes of one part of a script. */
const MAX_SCRIPT_BYTES = 32 * 2 ** 20;
/** Most fonts of a film that are loaded. */
const MAX_FONTS = 128;
/** MiB that libass may keep of pictures that it has drawn. */
const CACHE_MEBIBYTES = 64;
/** Glyphs that it may keep. */
const CACHED_GLYPHS = 5000;
/** The name by which libass asks for the font of what has none. */
const DEFAULT_FONT = 'liberation sans';
/** A script without anything to be seen: the renderer begins with one. */
const EMPTY_SCRIPT =
  '[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname, Fontsize\n\n[Events]\nFormat: Layer, Start, End, Style, Text\n';

/** Draws ASS and SSA. */
export const openAss: OpenSubtitleRenderer = async (subtitles, stage, signal) => {
  const canvas = document.createElement('canvas');
  canvas.className = 'drawn-subtitles';
  stage.layer.append(canvas);
  let renderer: JASSUB | undefined;
  const ending = new AbortController();
  const end = (): void => {
    ending.abort();
    canvas.remove();
    // The worker and its memory end with it.
    void renderer?.destroy().catch(() => undefined);
  };
  signal.addEventListener('abort', end, { signal: ending.signal });
  try {
    renderer = new JASSUB({
      canvas,
      subContent: EMPTY_SCRIPT,
      workerUrl: fileAddress(workerFile),
      wasmUrl: fileAddress(plainFile),
      modernWasmUrl: fileAddress(modernFile),
      // The last is for words without a font. It is not left to the renderer to fetch when it is missing: that draws nothing anew.
      fonts: [...fontsOf(stage), fileAddress(fontFile)],
      availableFonts: { [DEFAULT_FONT]: fileAddress(fontFile) },
      defaultFont: DEFAULT_FONT,
      // Nobody is asked for the fonts that they have.
      queryFonts: false,
      libassMemoryLimit: CACHE_MEBIBYTES,
      libassGlyphLimit: CACHED_GLYPHS,
    });
    await Promise.race([renderer.ready, failureOf(renderer, ending.signal)]);
    // Without libass the worker answers nothing.
    await renderer.renderer.getStyles();
  } catch (error) {
    end();
    throw error;
  }
  if (!signal.aborted) drawOn(renderer, canvas, stage, subtitles, ending.signal);
  return { dispose: end };
};

/** Draws what is to be seen at each picture. */
function drawOn(
  renderer: JASSUB,
  canvas: HTMLCanvasElement,
  stage: SubtitleStage,
  subtitles: Parameters<OpenSubtitleRenderer>[0],
  signal: AbortSignal,
): void {
  let drawn: SubtitlePart<string> | undefined;
  let time = 0;
  const url = stage.addressOf(subtitles.original!);
  const decoder = new TextDecoder();
  const draw = (isAnew = false): void => {
    const part = parts.at(time);
    if (part !== undefined && part !== drawn) {
      drawn = part;
      void renderer.renderer.setTrack(part.content).catch(() => undefined);
    }
    const { videoWidth: width, videoHeight: height } = stage.video;
    if (width === 0 || drawn === undefined) return;
    const picture = { mediaTime: time, width, height, expectedDisplayTime: performance.now() };
    void renderer.manualRender(picture, isAnew).catch(() => undefined);
  };
  const parts = new SubtitleParts({
    isWhole: subtitles.source === 'file',
    fetchPart: async (query, signal) =>
      decoder.decode(await readCapped(url + query, MAX_SCRIPT_BYTES, signal)),
    onPart: () => draw(),
  });
  signal.addEventListener('abort', () => parts.dispose());
  // The renderer itself sees that the canvas has another size.
  watchPictureBox(stage, (box) => placeIn(canvas, box), signal);
  const onTime = (seconds: number): void => {
    time = seconds;
    draw();
  };
  followPictures(stage, onTime, signal);
}

function fontsOf({ attachments, addressOf }: SubtitleStage): string[] {
  return attachments
    .filter(({ isFont }) => isFont)
    .slice(0, MAX_FONTS)
    .map(({ url }) => new URL(addressOf(url), location.href).href);
}

/** Rejects when the worker cannot be run. */
async function failureOf({ _worker: worker }: JASSUB, signal: AbortSignal): Promise<never> {
  return await new Promise((_resolve, reject) => {
    worker.addEventListener('error', reject, { signal });
  });
}

function fileAddress(file: string): string {
  return new URL(file, import.meta.url).href;
}
