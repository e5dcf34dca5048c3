// What viewers do on the player's page, by the names that its controls have for those who listen; alike in both browsers.
import assert from 'node:assert/strict';
import type { Page as ChromiumPage } from 'playwright-core';
import type { Page as FirefoxPage } from 'puppeteer-core';
import { complaintsOf, launchChromium } from './chromium.js';
import { firefoxComplaintsOf, launchFirefox } from './firefox.js';
import { keepMediaDiary, readMediaDiary } from './media-diary.js';
import type { PageDocument } from './page-types.js';
import { PATIENCE_MS } from './programs.js';

// Of the page, where the functions that are given to it run.
declare const document: PageDocument & { readonly location: { readonly href: string } };

/** Between two looks, in milliseconds: by the clock, as a busy browser may draw nothing for a long time while it plays. */
const POLLING_MS = 50;

/** What both drivers' pages have, each with types of its own. */
export interface ScreenDriver {
  evaluate<T, A>(call: (argument: A) => T, argument: A): Promise<Awaited<T>>;
  waitFor<A>(isSo: (argument: A) => unknown, argument: A): Promise<void>;
  press(key: string): Promise<void>;
  hover(x: number, y: number): Promise<void>;
  reload(): Promise<void>;
  goto(url: string): Promise<void>;
  close(): Promise<void>;
  /** Console errors and warnings, and uncaught exceptions, as they come. */
  readonly complaints: readonly string[];
}

/** A browser with one page in it. */
export interface OpenedScreen extends AsyncDisposable {
  readonly driver: ScreenDriver;
}

/** Starts Chromium with a page. */
export async function openChromium(): Promise<OpenedScreen> {
  const browser = await launchChromium();
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.addInitScript(keepMediaDiary);
  return { driver: driveChromium(page), [Symbol.asyncDispose]: () => browser.close() };
}

/** Starts Firefox with a page. */
export async function openFirefox(): Promise<OpenedScreen> {
  const browser = await launchFirefox();
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.evaluateOnNewDocument(keepMediaDiary);
  return { driver: driveFirefox(page), [Symbol.asyncDispose]: () => browser.close() };
}

/** Drives a page of Chromium that is there already. */
export function driveChromium(page: ChromiumPage): ScreenDriver {
  const complaints = complaintsOf(page);
  return {
    complaints,
    evaluate: (call, argument) => page.evaluate(call as never, argument),
    waitFor: async (isSo, argument) => {
      await page.waitForFunction(isSo as never, argument, { polling: POLLING_MS });
    },
    press: (key) => page.keyboard.press(key),
    hover: (x, y) => page.mouse.move(x, y),
    reload: async () => {
      await page.reload();
    },
    goto: async (url) => {
      await page.goto(url);
    },
    close: () => page.close(),
  };
}

/** Drives a page of Firefox that is there already. */
export function driveFirefox(page: FirefoxPage): ScreenDriver {
  const complaints = firefoxComplaintsOf(page);
  return {
    complaints,
    evaluate: (call, argument) => page.evaluate(call as never, argument as never),
    waitFor: async (isSo, argument) => {
      await page.waitForFunction(isSo as never, { polling: POLLING_MS }, argument as never);
    },
    press: (key) => page.keyboard.press(key as never),
    hover: (x, y) => page.mouse.move(x, y),
    reload: async () => {
      await page.reload();
    },
    goto: async (url) => {
      await page.goto(url);
    },
    close: () => page.close(),
  };
}

/** The player's page, watched by somebody. */
export class PlayerScreen {
  readonly driver: ScreenDriver;

  constructor(driver: ScreenDriver) {
    this.driver = driver;
  }

  /**
   * Waits until it plays on from a time, in seconds.
   * @param within - for how long after it has come there it may have played already.
   */
  async isPlayedFrom(seconds: number, within = 14): Promise<void> {
    await this.#waitFor(
      ([from, to]) => {
        const video = document.querySelector('video');
        return video !== null && !video.seeking && video.currentTime > from! && video.currentTime < to!;
      },
      [seconds, seconds + within],
      `playing from ${seconds} s`,
    );
  }

  /** Waits, and says what there is to see where it was in vain. */
  async #waitFor<A>(isSo: (argument: A) => unknown, argument: A, what: string): Promise<void> {
    try {
      await this.driver.waitFor(isSo, argument);
    } catch (error) {
      const seen = await this.driver.evaluate(() => {
        const video = document.querySelector('video');
        const main = document.querySelector('main')?.textContent;
        if (video === null) return JSON.stringify({ main });
        const { paused, seeking, ended, currentTime, readyState, buffered, error } = video;
        const ranges = Array.from({ length: buffered.length }, (_, i) => [
          buffered.start(i),
          buffered.end(i),
        ]);
        const { href } = document.location;
        return JSON.stringify({
          ...{ href, paused, seeking, ended, currentTime, readyState, ranges },
          ...{ error: error?.message, main },
        });
      }, undefined);
      const diary = await this.driver.evaluate(readMediaDiary, undefined);
      const complaints = this.driver.complaints.join('\n');
      const story = error instanceof Error ? error.message : '';
      assert.fail(
        `Waited for ${what}: ${story}; there is ${seen}, after ${diary}, with complaints: ${complaints}`,
      );
    }
  }

  /** Drags the time bar to a time, in seconds. */
  async drag(seconds: number): Promise<void> {
    await this.driver.waitFor((target) => {
      const bar = document.querySelector('media-time-range');
      const duration = Number(bar?.getAttribute('mediaduration'));
      // It has a length when the controls have been told of the film's.
      if (bar === null || !(duration > 0)) return false;
      const range = bar.shadowRoot.querySelector('input');
      range.valueAsNumber = target / duration;
      range.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
      return true;
    }, seconds);
  }

  /** Drags the time bar to a time, and waits until it plays on from there. */
  async seek(seconds: number): Promise<void> {
    await this.drag(seconds);
    await this.isPlayedFrom(seconds);
  }

  /** Waits for something with a name, and clicks it. */
  async click(name: string): Promise<void> {
    await this.driver.waitFor((wanted) => {
      const named = document.querySelector(`[aria-label^="${wanted}"]`);
      named?.click();
      return named !== null;
    }, name);
  }

  /** Opens a menu, and chooses what begins with a text. */
  async choose(menu: string, text: string): Promise<void> {
    await this.click(menu);
    await this.driver.waitFor((wanted) => {
      const items = [...document.querySelectorAll('[role=menuitemradio]')];
      const item = items.find(({ textContent }) => textContent.startsWith(wanted));
      item?.click();
      return item !== undefined;
    }, text);
  }

  /** What a menu offers: the lines of it, with a star before what is chosen. */
  async offers(menu: string): Promise<string[]> {
    await this.click(menu);
    const items = await this.driver.evaluate(
      () =>
        [...document.querySelectorAll('[role=menuitemradio]')].map((item) => {
          const mark = item.getAttribute('aria-checked') === 'true' ? '* ' : '';
          return mark + [...item.children].map(({ textContent }) => textContent).join(', ');
        }),
      undefined,
    );
    await this.driver.press('Escape');
    return items;
  }

  /** The text of what a selector names first; empty when there is none. */
  async text(selector: string): Promise<string> {
    return await this.driver.evaluate(
      (wanted) => document.querySelector(wanted)?.textContent.trim() ?? '',
      selector,
    );
  }

  /** Waits until what a selector names has a text, or part of it. */
  async reads(selector: string, part: string): Promise<void> {
    await this.#waitFor(
      ([wanted, expected]) => document.querySelector(wanted!)?.textContent.includes(expected!),
      [selector, part],
      `“${part}” in ${selector}`,
    );
  }

  /** What the time display says: position and duration. */
  async times(): Promise<string> {
    return await this.text('.time');
  }

  /** What is told of each track in the panel that explains. */
  async tracks(): Promise<string[]> {
    await this.driver.waitFor(() => document.querySelectorAll('.tracks tbody tr').length > 0, undefined);
    return await this.driver.evaluate(
      () => [...document.querySelectorAll('.tracks tbody tr')].map(({ textContent }) => textContent),
      undefined,
    );
  }

  /** Of the element that plays. */
  async video(): Promise<{ paused: boolean; currentTime: number; playbackRate: number; height: number }> {
    return await this.driver.evaluate(() => {
      const { paused, currentTime, playbackRate, videoHeight: height } = document.querySelector('video')!;
      return { paused, currentTime, playbackRate, height };
    }, undefined);
  }

  /** Nothing went wrong on the page. */
  isQuiet(): void {
    assert.deepEqual(this.driver.complaints, []);
  }
}
