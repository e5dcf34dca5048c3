import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';

const HTML = `<!doctype html>
<meta charset="utf-8" />
<title>Player</title>
<link rel="icon" href="data:," />
<body><script type="module" src="player.js"></script></body>
`;

/** Adds the page in which the tests play to the server that they play from: `/harness/`. */
export async function addHarnessRoutes(app: FastifyInstance): Promise<void> {
  const compiled = join(import.meta.dirname, 'page');
  const players = ['native', 'hls-js', 'dash-js', 'shaka'].map((name) => `players/${name}.js`);
  const own = ['player.js', 'picture-number.js', 'sound-meter.js', ...players];
  const scripts = {
    ...Object.fromEntries(own.map((name) => [name, join(compiled, name)])),
    'hls.mjs': fileURLToPath(import.meta.resolve('hls.js/dist/hls.mjs')),
    'dash.mjs': fileURLToPath(import.meta.resolve('dashjs')),
    'shaka.js': fileURLToPath(import.meta.resolve('shaka-player/dist/shaka-player.dash.js')),
  };
  app.get('/harness/', async (_request, reply) => await reply.type('text/html; charset=utf-8').send(HTML));
  for (const [name, path] of Object.entries(scripts)) {
    const script = await readFile(path);
    app.get(`/harness/${name}`, async (_request, reply) => await reply.type('text/javascript').send(script));
  }
}
