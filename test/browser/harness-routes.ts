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

/** Adds the page in which the tests play HLS to the server that they play from: `/harness/`. */
export async function addHarnessRoutes(app: FastifyInstance): Promise<void> {
  const compiled = join(import.meta.dirname, 'page');
  const hls = fileURLToPath(import.meta.resolve('hls.js/dist/hls.mjs'));
  const scripts = {
    'player.js': join(compiled, 'player.js'),
    'picture-number.js': join(compiled, 'picture-number.js'),
    'sound-meter.js': join(compiled, 'sound-meter.js'),
    'hls.mjs': hls,
  };
  app.get('/harness/', async (_request, reply) => await reply.type('text/html; charset=utf-8').send(HTML));
  for (const [name, path] of Object.entries(scripts)) {
    const script = await readFile(path);
    app.get(`/harness/${name}`, async (_request, reply) => await reply.type('text/javascript').send(script));
  }
}
