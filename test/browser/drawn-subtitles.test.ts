// Subtitles with looks of their own are drawn over the picture as ffmpeg draws them: the same place, shape and colour.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { REPOSITORY } from '../support/repository.js';
import { SegmintServer } from '../support/segmint-server.js';
import { SubtitleFixtures } from '../support/subtitle-fixtures.js';
import { missingTools } from '../support/tools.js';
import { launchChromium, missingBrowser } from './chromium.js';
import { hideControls, isAlike, measure, pictureOf, SIZE, type Drawn } from './drawn-pictures.js';
import { launchFirefox, missingFirefox } from './firefox.js';
import type { PageDocument } from './page-types.js';
import { driveChromium, driveFirefox, PlayerScreen, type ScreenDriver } from './player-screen.js';
import { PATIENCE_MS } from './programs.js';
import { writeSup, type SupImage } from './sup-file.js';

// Of the page, where the functions that are given to it run.
declare const document: PageDocument;

/** A font of pictures, whose letters no other font has. */
const FONT = join(REPOSITORY, 'node_modules/video.js/dist/font/VideoJS.ttf');

const head = (colour: string): string => `[Script Info]
ScriptType: v4.00+
PlayResX: 640
PlayResY: 360

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Nowhere,48,${colour},&H000000FF,&H00000000,&H00000000,0,0,0,0,100,100,0,0,1,0,0,2,10,10,20,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
`;
const event = (start: number, end: number, text: string): string =>
  `Dialogue: 0,0:0${Math.floor(start / 60)}:${String(start % 60).padStart(2, '0')}.00,0:0${Math.floor(end / 60)}:${String(end % 60).padStart(2, '0')}.00,Default,,0,0,0,,${text}\n`;

/** Red, in a corner; then a picture of the film's own font, green; then plain words. */
const SCRIPT =
  head('&H00FFFFFF') +
  event(2, 5, '{\\an7\\pos(100,50)\\1c&H0000FF&}{\\p1}m 0 0 l 120 0 120 60 0 60{\\p0}') +
  event(70, 75, '{\\an5\\pos(420,200)\\fnVideoJS\\fs150\\1c&H00FF00&}\uf101') +
  event(80, 84, 'Words');
/** Blue. */
const BESIDE = head('&H00FF0000') + event(2, 5, '{\\an7\\pos(300,200)}{\\p1}m 0 0 l 90 0 90 90 0 90{\\p0}');

/** Yellow and blue; nothing after each. */
const IMAGES: readonly SupImage[] = [
  { start: 10, end: 13, x: 400, y: 260, width: 80, height: 40, colour: [210, 146, 16] },
  { start: 72, end: 75, x: 60, y: 40, width: 131, height: 33, colour: [90, 110, 240] },
];

const skip = missingBrowser() || missingTools('drawn subtitles', 'ffmpeg');

/** A page that can be photographed. */
interface Photographer extends AsyncDisposable {
  readonly driver: ScreenDriver;
  photograph(clip: { x: number; y: number; width: number; height: number }): Promise<Uint8Array>;
}

describe('subtitles that are drawn', { skip }, () => {
  let films: SubtitleFixtures;
  let film: string;
  let server: SegmintServer;
  let address: string;

  before(async () => {
    films = new SubtitleFixtures();
    films.write('script.txt', SCRIPT);
    films.write('pictures.bin', writeSup(SIZE, [...IMAGES]));
    film = films.make('film.mkv', 'ffmpeg', [
      ...[
        '-f',
        'lavfi',
        '-i',
        'color=black:size=640x360:rate=10:duration=90',
        '-f',
        'ass',
        '-i',
        'script.txt',
      ],
      ...['-f', 'sup', '-i', 'pictures.bin', '-map', '0', '-map', '1', '-map', '2', '-map', '2'],
      ...[
        '-c:v',
        'libx264',
        '-preset',
        'ultrafast',
        '-g',
        '20',
        '-c:s',
        'copy',
        '-c:s:2',
        'dvdsub',
        '-s:s:2',
        '640x360',
      ],
      ...['-attach', FONT, '-metadata:s:t', 'mimetype=font/ttf', '-metadata:s:s:0', 'title=Signs'],
      ...['-metadata:s:s:1', 'title=Disc', '-metadata:s:s:2', 'title=DVD'],
    ]);
    films.write('film.de.ass', BESIDE);
    server = await SegmintServer.start([films.folder], '--store', 'none');
    const { items } = (await (await fetch(new URL('library.json', server.url))).json()) as {
      items: readonly { path: string; ref: string }[];
    };
    address = new URL(`m/${items.find(({ path }) => path === 'film.mkv')!.ref}/play`, server.url).href;
  });
  after(async () => {
    await server.stop();
    films[Symbol.dispose]();
  });

  /** What ffmpeg draws at a time. */
  const expected = (seconds: number, filter: string): Drawn | undefined =>
    measure(film, `${filter},trim=start=${seconds}`);

  for (const [name, isSkipped, open] of [
    ['Chromium', skip, openChromium],
    ['Firefox', skip || missingFirefox(), openFirefox],
  ] as const) {
    it(`are what ffmpeg draws, in ${name}`, { skip: isSkipped }, async () => {
      await using camera = await open();
      const { driver } = camera;
      const screen = new PlayerScreen(driver);
      await driver.goto(address);
      await screen.isPlayedFrom(0.2);
      await driver.press('k');
      const clip = await pictureOf(driver);

      /** Goes to a time, and waits until what is expected is to be seen. */
      const shows = async (seconds: number, wanted: Drawn | undefined): Promise<void> => {
        await driver.evaluate((time) => {
          document.querySelector('video')!.currentTime = time;
        }, seconds);
        await driver.waitFor(() => !document.querySelector('video')!.seeking, undefined);
        let seen: Drawn | undefined;
        for (const end = performance.now() + PATIENCE_MS; performance.now() < end;) {
          seen = measure(await camera.photograph(clip), 'null');
          if (isAlike(seen, wanted)) return;
        }
        assert.deepEqual(seen, wanted, `${seconds} s`);
      };

      const ass = `[0:v]subtitles=${film}`;
      await screen.choose('Subtitles', 'Signs');
      await hideControls(driver);
      const signs = { colour: expected(3, ass), font: expected(72, ass) };
      await shows(3, signs.colour);
      await shows(6, undefined);
      await shows(72, signs.font);
      await shows(3, signs.colour);
      await screen.choose('Subtitles', 'Off');
      await shows(72, undefined);
      await screen.choose('Subtitles', 'German');
      await shows(4, { box: [300, 200, 390, 290], area: 8100, colour: [0, 0, 255] });
      for (const [title, stream] of [
        ['Disc', 1],
        ['DVD', 2],
      ] as const) {
        const overlay = `[0:v][0:s:${stream}]overlay`;
        await screen.choose('Subtitles', title);
        await shows(11, expected(11, overlay));
        await shows(14, expected(14, overlay));
        await shows(73, expected(73, overlay));
      }
      screen.isQuiet();
    });
  }
});

async function openChromium(): Promise<Photographer> {
  const browser = await launchChromium();
  const page = await browser.newPage({ viewport: { width: 900, height: 700 } });
  page.setDefaultTimeout(PATIENCE_MS);
  return {
    driver: driveChromium(page),
    photograph: (clip) => page.screenshot({ clip }),
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

async function openFirefox(): Promise<Photographer> {
  const browser = await launchFirefox();
  const page = await browser.newPage();
  await page.setViewport({ width: 900, height: 700 });
  page.setDefaultTimeout(PATIENCE_MS);
  return {
    driver: driveFirefox(page),
    photograph: (clip) => page.screenshot({ clip }),
    [Symbol.asyncDispose]: () => browser.close(),
  };
}
