import type { FastifyInstance } from 'fastify';
import { isVersioned } from '../delivery/segment-order.js';
import type { StillService } from '../delivery/still-service.js';
import { stillVersionOf } from '../pipelines/stills/still-version.js';
import { tagOfNames } from './entity-tag.js';
import { answerWithMedia, type MediaAnswerOptions } from './media-answer.js';
import { notFound } from './reference.js';
import { SendableText } from './send-text.js';
import { sendStill } from './send-still.js';

/** What the routes of thumbnails work with. */
export interface ThumbnailRouteOptions extends MediaAnswerOptions {
  /** Makes the pictures. */
  readonly stills: StillService;
}

/**
 * Adds the routes of thumbnails, each for GET and HEAD: `/m/<ref>/thumbnails.vtt`, and the sprites that it names,
 * `/m/<ref>/thumbnails/<n>.jpg`.
 */
export function addThumbnailRoutes(app: FastifyInstance, options: ThumbnailRouteOptions): void {
  const { stills } = options;
  app.route<{ Params: { ref: string } }>({
    method: ['GET', 'HEAD'],
    url: '/m/:ref/thumbnails.vtt',
    handler: async (request, reply) =>
      await answerWithMedia(request.params.ref, reply, options, async ({ loan }) => {
        const text = new SendableText(stills.thumbnails(loan).list(), 'text/vtt; charset=utf-8');
        await text.send(reply, isVersioned(loan));
      }),
  });

  app.route<{ Params: { ref: string; file: string } }>({
    method: ['GET', 'HEAD'],
    url: '/m/:ref/thumbnails/:file',
    handler: async (request, reply) => {
      const { ref, file } = request.params;
      const number = /^(0|[1-9]\d{0,5})\.jpg$/.exec(file)?.[1];
      if (number === undefined) throw notFound();
      return await answerWithMedia(ref, reply, options, async ({ loan, signal }) => {
        const version = isVersioned(loan) ? stillVersionOf(loan.identity) : undefined;
        const tag = version === undefined ? undefined : tagOfNames('thumbnails', version, number);
        await sendStill(reply, tag, () => stills.sprite(loan, Number(number), signal));
      });
    },
  });
}
