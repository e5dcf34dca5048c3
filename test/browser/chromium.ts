import { chromium, type Browser, type Page } from 'playwright-core';
import { findProgram, PATIENCE_MS } from './programs.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
  '--autoplay-policy=no-user-gesture-required',
];
/** Lets pages choose among the audio tracks of a video element, as in the HTML standard. Not the default. */
const AUDIO_TRACKS = '--enable-blink-features=AudioVideoTracks';

/** Path of the system's Chromium; undefined when there is none. */
const CHROMIUM = findProgram(NAMES);

/**
 * For the `skip` option of tests that need a browser. Says loudly that they are left out; on a CI machine (`CI=true`)
 * they are not left out, and fail.
 */
export function missingBrowser(): string | false {
  if (CHROMIUM !== undefined || process.env['CI'] === 'true') return false;
  const message = 'There is no Chromium on the PATH: the browser tests are LEFT OUT.';
  console.error(message);
  return message;
}

/** Starts the system's Chromium. */
export async function launchChromium({ hasAudioTracks = false } = {}): Promise<Browser> {
  const args = [...FLAGS, ...(hasAudioTracks ? [AUDIO_TRACKS] : [])];
  return await chromium.launch({ executablePath: CHROMIUM ?? 'chromium', args, timeout: 2 * PATIENCE_MS });
}

/** Console errors and warnings of a page, and uncaught exceptions, as they come. */
export function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return complaints;
}

/** A page, and what went wrong on it. */
export interface WatchedPage {
  readonly page: Page;
  /** Console errors and warnings, and uncaught exceptions, as they come. */
  readonly complaints: readonly string[];
  /** Paths and queries of the requests for streams, as they come. */
  readonly streams: readonly string[];
}

/** Opens a page and watches it. */
export async function openPage(browser: Browser, url: string): Promise<WatchedPage> {
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints = complaintsOf(page);
  const streams: string[] = [];
  page.on('request', (request) => {
    const { pathname, search } = new URL(request.url());
    if (pathname.endsWith('/stream.mp4')) streams.push(search);
  });
  await page.goto(url);
  return { page, complaints, streams };
}
