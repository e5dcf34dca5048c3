/** The library's page: folders, searching, keys, news from the disk, ten thousand files, and addresses. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page, Request } from 'playwright-core';
import { findBarriers } from './axe.js';
import { complaintsOf, launchChromium, missingBrowser } from './chromium.js';
import { firefoxComplaintsOf, launchFirefox, missingFirefox } from './firefox.js';
import { startLibraryServer, type LibraryServer } from './library-server.js';
import { PATIENCE_MS } from './programs.js';

const EPISODES = 10_000;
/** The goal of the page's weight, in bytes on the way, without posters. */
const MOST_BYTES = 150_000;

/** What both drivers' pages have. */
interface DrivenPage {
  evaluate(code: string): Promise<unknown>;
  readonly keyboard: { press(key: never): Promise<void> };
}

const titles = "[...document.querySelectorAll('main .grid .title')].map((title) => title.textContent)";
const focused = "document.activeElement.querySelector('.title')?.textContent";

async function press(page: DrivenPage, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key as never);
}

/** Waits until an expression is true. The drivers' own waiting evaluates text in the page, which its policy forbids. */
async function until(page: DrivenPage, expression: string): Promise<void> {
  const isSo = await page.evaluate(`new Promise((resolve) => {
    const end = performance.now() + ${PATIENCE_MS};
    const look = () => {
      if (${expression}) resolve(true);
      else if (performance.now() > end) resolve(false);
      else setTimeout(look, 20);
    };
    look();
  })`);
  assert.equal(isSo, true, expression);
}

async function shows(page: DrivenPage, ...expected: readonly string[]): Promise<void> {
  const isSo = `JSON.stringify(${titles}) === ${JSON.stringify(JSON.stringify(expected))}`;
  await until(page, isSo).catch(async () => assert.deepEqual(await page.evaluate(titles), expected));
}

function makeLibrary(folder: string): void {
  mkdirSync(join(folder, 'Films/Documentaries'), { recursive: true });
  const names = ['Zoo 10.mkv', 'Zoo 2.mkv', 'Élan vital.mkv', 'turned \u202egpj.mkv', 'broken.mkv'];
  for (const name of [...names, 'Documentaries/Elk.mkv']) writeFileSync(join(folder, 'Films', name), '');
}

const FILMS = ['Documentaries', 'broken', 'Élan vital', 'turned gpj', 'Zoo 2', 'Zoo 10'];

/** Finds a film by a few letters, goes to it by keys alone, and sees one come that was not there. */
async function findByKeys(page: DrivenPage, folder: string): Promise<void> {
  await press(page, '/', 'e', 'l');
  await shows(page, 'Elk', 'Élan vital');
  await press(page, ' ', 'v');
  await shows(page, 'Élan vital');
  await press(page, 'ArrowDown');
  await until(page, `${focused} === 'Élan vital'`);
  await press(page, 'Escape');
  await until(page, "location.search === '?folder=library%2FFilms' || location.search === ''");
  writeFileSync(join(folder, 'Films/Zulu.mkv'), '');
  await press(page, '/', 'z', 'u', 'l');
  await shows(page, 'Zulu');
}

describe('the library in Chromium', { skip: missingBrowser() }, () => {
  let folder: string;
  let server: LibraryServer;
  let browser: Browser;
  let page: Page;
  let complaints: readonly string[];

  before(async () => {
    folder = join(mkdtempSync(join(tmpdir(), 'segmint-page-library-')), 'library');
    makeLibrary(folder);
    mkdirSync(join(folder, 'Series'));
    for (let n = 0; n < EPISODES; n++) writeFileSync(join(folder, `Series/Episode ${n}.mkv`), '');
    server = await startLibraryServer(folder);
    browser = await launchChromium();
    page = await browser.newPage({ colorScheme: 'dark', viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(PATIENCE_MS);
    complaints = complaintsOf(page);
    await page.addInitScript(
      `globalThis.shifts = 0;
       new PerformanceObserver((list) => {
         for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) globalThis.shifts += value;
       }).observe({ type: 'layout-shift', buffered: true });`,
    );
  });
  after(async () => {
    await browser.close();
    await server[Symbol.asyncDispose]();
    rmSync(join(folder, '..'), { recursive: true });
  });

  it('comes light, whole, without anything moving, and open to all', async () => {
    const sizes: Promise<number>[] = [];
    const measure = (request: Request): void => {
      if (!['document', 'script', 'stylesheet'].includes(request.resourceType())) return;
      sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
    };
    page.on('requestfinished', measure);
    await page.goto(server.url);
    await shows(page, 'Films', 'Series');
    // A row of what is new stands above, each with its picture.
    await until(page, "document.querySelectorAll('.shelf img.shown').length > 3");
    // What is asked for later nobody waits for: it would fail when the browser ends.
    page.off('requestfinished', measure);
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    assert.ok(bytes > 5000 && bytes < MOST_BYTES, `${bytes} bytes`);
    assert.deepEqual(await findBarriers(page), []);
    await page.emulateMedia({ colorScheme: 'light' });
    assert.deepEqual(await findBarriers(page), []);
    assert.equal(await page.evaluate('shifts'), 0);
  });

  it('holds ten thousand files with few of them in the page, and comes back to where one was', async () => {
    await page.locator('main .grid a', { hasText: 'Series' }).click();
    await until(page, "document.querySelector('.count').textContent.startsWith('10,000')");
    assert.equal(new URL(page.url()).search, '?folder=library%2FSeries');
    await until(page, 'document.documentElement.scrollHeight > 91000');
    await page.evaluate('scrollTo(0, 90000)');
    await until(
      page,
      `${titles}.some((title) => title.localeCompare('Episode 1000', 'en', { numeric: true }) > 0)`,
    );
    assert.ok((await page.evaluate<number>("document.querySelectorAll('*').length")) < 1500);
    assert.ok(server.described() < 200, `${server.described()} were looked into`);
    const seen = await page.evaluate(`${titles}.length > 10 && ${titles}[10]`);
    await page.locator('.brand').click();
    await shows(page, 'Films', 'Series');
    assert.equal(await page.evaluate('scrollY'), 0);
    await page.goBack();
    await until(page, `scrollY === 90000 && ${titles}.includes(${JSON.stringify(seen)})`);
    await page.goBack();
    await shows(page, 'Films', 'Series');
  });

  it('shows a folder in order, and moves between its cards by keys', async () => {
    await press(page, 'Tab', 'Tab');
    await page.locator('main .grid a').first().focus();
    await press(page, 'Enter');
    await shows(page, ...FILMS);
    await until(page, "document.querySelector('.badge.bad') !== null");
    await page.locator('main .grid a').first().focus();
    // Five stand side by side.
    for (const [key, title] of [
      ['ArrowRight', 'broken'],
      ['End', 'Zoo 10'],
      ['ArrowUp', 'Documentaries'],
      ['ArrowRight', 'broken'],
      ['ArrowLeft', 'Documentaries'],
      ['PageDown', 'Zoo 10'],
      ['Home', 'Documentaries'],
    ] as const) {
      await press(page, key);
      await until(page, `${focused} === '${title}'`);
    }
    // A key just when the order has changed, before the page has shown it.
    await page.evaluate(`(async () => {
      const order = document.querySelector('select');
      order.value = 'newest';
      order.dispatchEvent(new Event('change', { bubbles: true }));
      for (let turn = 0; turn < 10; turn++) await undefined;
      const key = new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true });
      document.activeElement.dispatchEvent(key);
    })()`);
    await until(page, "location.search.endsWith('sort=newest')");
    await until(page, `${focused} !== 'Documentaries'`);
    await page.locator('select').selectOption('name');
    await shows(page, ...FILMS);
  });

  it('finds by letters, and shows files as they come', async () => {
    await findByKeys(page, folder);
    renameSync(join(folder, 'Films/Zulu.mkv'), join(folder, 'Films/Zulu Dawn.mkv'));
    await shows(page, 'Zulu Dawn');
    rmSync(join(folder, 'Films/Zulu Dawn.mkv'));
    await until(page, "document.querySelector('.notice h2')?.textContent === 'Nothing found'");
    assert.deepEqual(await findBarriers(page), []);
    await press(page, 'Escape');
    await shows(page, ...FILMS);
    assert.deepEqual(complaints, []);
  });

  it('goes on watching what was begun, until it is told to forget', async () => {
    const ref = Buffer.from('0/Films/Zoo 2.mkv').toString('base64url');
    const kept = JSON.stringify({ position: 900, duration: 3600, updated: 1 });
    await page.evaluate(`localStorage.setItem('segmint:resume:${ref}', ${JSON.stringify(kept)})`);
    await page.locator('.brand').click();
    const card = page.getByRole('region', { name: 'Continue watching' }).getByRole('link');
    assert.equal(await card.getAttribute('href'), `/m/${ref}/play`);
    assert.equal(await card.locator('.progress span').first().getAttribute('style'), 'width: 25%;');
    await page.getByRole('button', { name: 'Forget where you stopped in Zoo 2' }).click();
    await card.waitFor({ state: 'detached' });
  });

  it('fits a phone: two columns, nothing beside the screen, and no finding', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await until(page, "document.querySelectorAll('main .grid > li').length === 2");
    const tops = "[...document.querySelectorAll('main .grid > li')].map((li) => li.style.top)";
    await until(page, `JSON.stringify(${tops}) === '["0px","0px"]'`);
    // The cards stand where the larger screen had them until they are laid out anew.
    await until(page, 'document.documentElement.scrollWidth === 360');
    const small = `[...document.querySelectorAll('a, button, input, select')].filter((target) => {
      const { width, height } = target.getBoundingClientRect();
      return width > 0 && (width < 24 || height < 36);
    }).map(({ outerHTML }) => outerHTML)`;
    assert.deepEqual(await page.evaluate(small), []);
    assert.deepEqual(await findBarriers(page), []);
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it('says that the server is gone, and shows what has come when it is back', async () => {
    await page.goto(`${server.url}/?folder=library%2FFilms`);
    await shows(page, ...FILMS);
    await server.restart(async () => {
      await page.locator('.toast').waitFor();
      writeFileSync(join(folder, 'Films/Zulu.mkv'), '');
    });
    await shows(page, ...FILMS, 'Zulu');
    await page.locator('.toast').waitFor({ state: 'detached' });
  });

  it('offers to play an address where the server may, and says why not where it may not', async () => {
    await using film = createServer((_request, response) => {
      response.writeHead(206, { 'content-range': 'bytes 0-3/4', etag: '"1"' }).end('film');
    }).listen(0, '127.0.0.1');
    await once(film, 'listening');
    const { port } = film.address() as AddressInfo;
    await using open = await startLibraryServer(folder, [`127.0.0.1:${port}`]);
    await page.goto(server.url);
    await page.getByRole('searchbox').fill('https://elsewhere.example/film.mkv');
    await page.getByRole('heading', { name: 'This server plays only what is in its library' }).waitFor();

    await page.goto(open.url);
    await page.getByRole('searchbox').fill('https://elsewhere.example/film.mkv');
    await page.getByRole('button', { name: 'Play this address' }).click();
    await page.getByRole('alert').filter({ hasText: /\S/ }).waitFor();
    assert.match(await page.getByRole('alert').innerText(), /not allowed|may not|refus/i);
    assert.deepEqual(await findBarriers(page), []);
    await page.evaluate(`{
      const dataTransfer = new DataTransfer();
      dataTransfer.setData('text/uri-list', 'http://127.0.0.1:${port}/film.mkv#t=3');
      document.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    }`);
    await page.getByRole('heading', { name: `Play from 127.0.0.1:${port}` }).waitFor();
    await page.getByRole('button', { name: 'Play this address' }).click();
    const ref = Buffer.from(`http://127.0.0.1:${port}/film.mkv`).toString('base64url');
    await until(page, `location.pathname === '/m/${ref}/play'`);
    film.closeAllConnections();
  });
});

describe('the library in Firefox', { skip: missingFirefox() }, () => {
  it('finds by letters, and shows files as they come', async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'segmint-page-library-')), 'library');
    makeLibrary(folder);
    await using server = await startLibraryServer(folder);
    const browser = await launchFirefox();
    try {
      const page = await browser.newPage();
      page.setDefaultTimeout(PATIENCE_MS);
      const complaints = firefoxComplaintsOf(page);
      await page.goto(`${server.url}/?folder=library%2FFilms`);
      await shows(page, ...FILMS);
      await findByKeys(page, folder);
      assert.deepEqual(await findBarriers(page), []);
      assert.deepEqual(complaints, []);
    } finally {
      await browser.close();
      rmSync(join(folder, '..'), { recursive: true });
    }
  });
});
