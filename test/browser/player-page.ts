import { complaintsOf, launchChromium } from './chromium.js';
import { firefoxComplaintsOf, launchFirefox } from './firefox.js';
import type { PlayerCalls } from './page/player.js';
import type { PlayerName } from './page/players/page-player.js';

type Result<Name extends keyof PlayerCalls> = Awaited<ReturnType<PlayerCalls[Name]>>;

/** A page with a player; see page/player.ts for what can be called. */
export interface PlayerPage {
  /** Calls a function of the page and waits for what it gives. */
  call<Name extends keyof PlayerCalls>(
    name: Name,
    ...args: Parameters<PlayerCalls[Name]>
  ): Promise<Result<Name>>;
  /** Console errors and warnings, and uncaught exceptions, as they come. */
  readonly complaints: readonly string[];
  /** Closes the page. */
  close(): Promise<void>;
}

/** A browser that plays in one way. */
export interface PlayerBrowser extends AsyncDisposable {
  /** Opens a page of the harness. */
  open(url: string): Promise<PlayerPage>;
}

/** One way to play a presentation in a browser. */
export interface PlayerKind {
  readonly name: string;
  /** What plays in it. */
  readonly player: PlayerName;
  /** Starts the browser. */
  readonly launch: () => Promise<PlayerBrowser>;
}

/** hls.js and what the browser has itself, in Chromium. */
export const CHROMIUM_PLAYERS: readonly PlayerKind[] = [
  { name: 'hls.js in Chromium', player: 'hls.js', launch: () => chromium(false) },
  { name: 'Chromium itself', player: 'native', launch: () => chromium(true) },
];

/** The players of DASH, in Chromium. */
export const DASH_PLAYERS: readonly PlayerKind[] = [
  { name: 'dash.js', player: 'dash.js', launch: () => chromium(false) },
  { name: 'Shaka Player', player: 'Shaka', launch: () => chromium(false) },
];

/** hls.js in Firefox. */
export const FIREFOX_PLAYER: PlayerKind = {
  name: 'hls.js in Firefox',
  player: 'hls.js',
  launch: firefox,
};

// Of the page, where the function that is given to it runs.
declare const player: Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;

interface PlayerCall {
  readonly name: string;
  readonly args: readonly unknown[];
}

function callPlayer({ name, args }: PlayerCall): unknown {
  return player[name]!(...args);
}

/** What both drivers' pages have, each with types of its own. */
interface DrivenPage {
  evaluate(call: typeof callPlayer, argument: PlayerCall): Promise<unknown>;
  close(): Promise<void>;
}

function playerPage(page: DrivenPage, complaints: readonly string[]): PlayerPage {
  return {
    complaints,
    call<Name extends keyof PlayerCalls>(name: Name, ...args: Parameters<PlayerCalls[Name]>) {
      return page.evaluate(callPlayer, { name, args }) as Promise<Result<Name>>;
    },
    close: () => page.close(),
  };
}

async function chromium(hasAudioTracks: boolean): Promise<PlayerBrowser> {
  const browser = await launchChromium({ hasAudioTracks });
  return {
    async open(url) {
      const page = await browser.newPage();
      const complaints = complaintsOf(page);
      await page.goto(url);
      return playerPage(page, complaints);
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

async function firefox(): Promise<PlayerBrowser> {
  const browser = await launchFirefox();
  return {
    async open(url) {
      const page = await browser.newPage();
      const complaints = firefoxComplaintsOf(page);
      await page.goto(url);
      return playerPage(page, complaints);
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}
