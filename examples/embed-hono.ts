// Films in a Hono app on Node, below /media:
//   node build/examples/embed-hono.js film.mkv
import { serve, type HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono } from 'hono';
import { createEnginePool, createMediaHandler, openFile } from '../src/index.js';

const films = new Map([['big-buck-bunny', process.argv[2] ?? 'film.mkv']]); // your database

const media = await createMediaHandler({
  engine: createEnginePool(),
  open: async (id) => {
    const path = films.get(id);
    return path === undefined ? undefined : await openFile(path);
  },
});

const app = new Hono<{ Bindings: HttpBindings }>();
app.get('/media/*', (context) => {
  const { incoming, outgoing } = context.env;
  incoming.url = incoming.url!.slice('/media'.length);
  media.handle(incoming, outgoing); // whoever may watch: check it before
  return RESPONSE_ALREADY_SENT;
});

serve({ fetch: app.fetch, port: Number(process.env['PORT'] ?? 3000), hostname: '127.0.0.1' }, ({ port }) => {
  console.log(`http://127.0.0.1:${port}/media/m/big-buck-bunny/master.m3u8`);
});
