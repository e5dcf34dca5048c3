// Films in an Express app, below /media:
//   node build/examples/embed-express.js film.mkv
import express from 'express';
import { createEnginePool, createMediaHandler, openFile } from '../src/index.js';

const films = new Map([['big-buck-bunny', process.argv[2] ?? 'film.mkv']]); // your database

const media = await createMediaHandler({
  engine: createEnginePool(),
  open: async (id) => {
    const path = films.get(id);
    return path === undefined ? undefined : await openFile(path);
  },
});

const app = express();
app.use('/media', (request, response) => media.handle(request, response)); // whoever may watch: check it before
app.use(express.static('examples/pages'));
app.use('/hls.js', express.static('node_modules/hls.js'));
app.use('/video.js', express.static('node_modules/video.js'));

const server = app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => {
  const { port } = server.address() as { port: number };
  console.log(`http://127.0.0.1:${port}/hls.html?src=/media/m/big-buck-bunny/master.m3u8`);
});
