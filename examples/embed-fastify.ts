// Films in a Fastify app, below /media:
//   node build/examples/embed-fastify.js film.mkv
import fastify from 'fastify';
import { createEnginePool, createMediaHandler, openFile } from '../src/index.js';

const films = new Map([['big-buck-bunny', process.argv[2] ?? 'film.mkv']]); // your database

const engine = createEnginePool();
const media = await createMediaHandler({
  engine,
  open: async (id) => {
    const path = films.get(id);
    return path === undefined ? undefined : await openFile(path);
  },
});

const app = fastify({ exposeHeadRoutes: false });
app.route({
  method: ['GET', 'HEAD'],
  url: '/media/*',
  handler: (request, reply) => {
    // Whoever may watch: check it before.
    reply.hijack();
    request.raw.url = request.raw.url!.slice('/media'.length);
    media.handle(request.raw, reply.raw);
  },
});
app.addHook('onClose', async () => {
  await media[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

const address = await app.listen({ port: Number(process.env['PORT'] ?? 3000), host: '127.0.0.1' });
console.log(`${address}/media/m/big-buck-bunny/master.m3u8`);
