import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { MediaSubject } from '../delivery/media-shelf.js';
import { isOfTheFile, type StillService } from '../delivery/still-service.js';
import { RequestError } from '../errors.js';
import { stillVersionOf } from '../pipelines/stills/still-version.js';
import type { ActiveStreams } from './active-streams.js';
import { abortWhenClientLeaves } from './client-leaving.js';
import { tagOfNames } from './entity-tag.js';
import type { LibraryFile } from './library.js';
import type { MediaFinder } from './media-finder.js';
import { sendStill } from './send-still.js';
import { viewerOf } from './viewer.js';

/** What the routes of posters work with. */
export interface PosterRouteOptions {
  /** Makes the pictures. */
  readonly stills: StillService;
  /** Counts the pictures that are waited for. */
  readonly answers: ActiveStreams;
}

/** The widths that there are, in pixels: a card, a card on a fine screen, and the page. */
const WIDTHS: ReadonlySet<string> = new Set(['320', '640', '1280']);
const DEFAULT_WIDTH = '640';

interface PosterQuery {
  readonly width?: unknown;
  readonly absent?: unknown;
}

/** Adds the route of posters, for GET and HEAD: `/m/<ref>/poster.jpg?width=&absent=`. */
export function addPosterRoute(
  app: FastifyInstance,
  { library, ...options }: PosterRouteOptions & { readonly library: MediaFinder },
): void {
  app.route<{ Params: { ref: string }; Querystring: PosterQuery }>({
    method: ['GET', 'HEAD'],
    url: '/m/:ref/poster.jpg',
    handler: async (request, reply) => {
      const wanted = parseQuery(request.query);
      const subjects = await listCandidates(await library.resolve(request.params.ref));
      return await answerPoster(request, reply, subjects, wanted, options);
    },
  });
}

/** What offers the pictures of folders. */
interface FolderPictures {
  resolveFolderPicture(ref: string): Promise<MediaSubject>;
}

/** Adds the route of the pictures that lie in folders: `/library/pictures/<ref>?width=&absent=`. */
export function addFolderPictureRoute(
  app: FastifyInstance,
  { library, ...options }: PosterRouteOptions & { readonly library: FolderPictures },
): void {
  app.route<{ Params: { ref: string }; Querystring: PosterQuery }>({
    method: ['GET', 'HEAD'],
    url: '/library/pictures/:ref',
    handler: async (request, reply) => {
      const wanted = parseQuery(request.query);
      const subjects = [await library.resolveFolderPicture(request.params.ref)];
      return await answerPoster(request, reply, subjects, wanted, options);
    },
  });
}

/** What a poster is made of, the fittest first: what somebody has laid beside the file, the file, and what is in its folder. */
async function listCandidates({ subject, findPictures }: LibraryFile): Promise<readonly MediaSubject[]> {
  const { own, folder } = (await findPictures?.()) ?? {};
  return [own, subject, folder].filter((each) => each !== undefined);
}

interface Wanted {
  readonly width: number;
  /** That there is no picture is no error. */
  readonly mayBeAbsent: boolean;
}

function parseQuery({ width = DEFAULT_WIDTH, absent }: PosterQuery): Wanted {
  if (typeof width !== 'string' || !WIDTHS.has(width))
    throw new RequestError(`width is one of ${[...WIDTHS].join(', ')}.`);
  if (absent !== undefined && absent !== 'empty') throw new RequestError('absent is "empty", or left out.');
  return { width: Number(width), mayBeAbsent: absent !== undefined };
}

async function answerPoster(
  request: FastifyRequest,
  reply: FastifyReply,
  subjects: readonly MediaSubject[],
  { width, mayBeAbsent }: Wanted,
  { stills, answers }: PosterRouteOptions,
): Promise<FastifyReply> {
  await answers.run(async (controller) => {
    const { signal } = controller;
    abortWhenClientLeaves(reply, controller);
    const send = async (subject: MediaSubject): Promise<void> => {
      const identity = await stills.identify(subject, signal);
      const version = stillVersionOf(identity);
      const tag = version === undefined ? undefined : tagOfNames('poster', version, width);
      const wish = { width, identity, viewer: viewerOf(request) };
      await sendStill(reply, tag, () => stills.poster(subject, wish, signal));
    };
    try {
      await sendFirst(subjects, send);
    } catch (error) {
      // Nobody is there to be told: who scrolls by leaves many behind.
      if (reply.raw.destroyed) reply.hijack();
      else if (mayBeAbsent && isOfTheFile(error)) await sendAbsence(reply);
      else throw error;
    }
  });
  return reply;
}

/** Sends the first one that there is; what is wrong with the first is told when there is none. */
async function sendFirst(
  subjects: readonly MediaSubject[],
  send: (subject: MediaSubject) => Promise<void>,
): Promise<void> {
  const errors: unknown[] = [];
  for (const subject of subjects) {
    try {
      await send(subject);
      return;
    } catch (error) {
      if (!isOfTheFile(error)) throw error;
      errors.push(error);
    }
  }
  throw errors[0];
}

/**
 * Says that there is no picture without calling that an error, to whoever has asked for that: a page cannot keep a browser
 * from writing each picture that is missing into the console of whoever looks at it.
 */
async function sendAbsence(reply: FastifyReply): Promise<void> {
  await reply.status(204).header('cache-control', 'no-store').send();
}
