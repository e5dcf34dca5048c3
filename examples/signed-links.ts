// An app that lets its users watch what a segmint server has, by links that end:
//   segmint serve ~/Videos --link-secret "$SEGMINT_LINK_SECRET" --embed http://127.0.0.1:3000
//   node build/examples/signed-links.js http://127.0.0.1:8080
import express from 'express';
import { signLink } from '../src/index.js';

const segmint = process.argv[2] ?? 'http://127.0.0.1:8080';
const [id = '', key = ''] = (process.env['SEGMINT_LINK_SECRET'] ?? '').split(':');

const app = express();
app.get('/watch/:film', (request, response) => {
  // Whoever may watch: check it here.
  const item = { root: 0, path: `${request.params.film}.mkv` };
  const link = signLink({ id, key }, { item, expires: new Date(Date.now() + 6 * 3600_000) });
  response.send(
    `<iframe src="${segmint}${link}" allow="autoplay; fullscreen" width="960" height="720"></iframe>`,
  );
});

const server = app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => {
  const { port } = server.address() as { port: number };
  console.log(`http://127.0.0.1:${port}/watch/film`);
});
