import { launch, type Browser, type Page } from 'puppeteer-core';
import { findProgram, PATIENCE_MS } from './programs.js';

/** Path of the system's Firefox; undefined when there is none. */
const FIREFOX = findProgram(['firefox-esr', 'firefox']);

const PREFERENCES = {
  // A page may start sound by itself.
  'media.autoplay.default': 0,
  'media.autoplay.blocking_policy': 0,
  'media.autoplay.block-webaudio': false,
  // Plays as in front of a viewer.
  'media.suspend-background-video.enabled': false,
};

/** For the `skip` option of tests that need Firefox; as `missingBrowser` for Chromium. */
export function missingFirefox(): string | false {
  if (FIREFOX !== undefined || process.env['CI'] === 'true') return false;
  const message = 'There is no Firefox on the PATH: its tests are LEFT OUT.';
  console.error(message);
  return message;
}

/** Starts the system's Firefox. */
export async function launchFirefox(): Promise<Browser> {
  return await launch({
    browser: 'firefox',
    executablePath: FIREFOX ?? 'firefox',
    headless: true,
    timeout: 2 * PATIENCE_MS,
    extraPrefsFirefox: PREFERENCES,
  });
}

/** Console errors and warnings of a page, and uncaught exceptions, as they come. */
export function firefoxComplaintsOf(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warn'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return complaints;
}
