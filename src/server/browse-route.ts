import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { SegmentStore } from '../delivery/segment-store.js';
import type { ActiveStreams } from './active-streams.js';
import type { DescriptionCache } from './description-cache.js';
import { DetailsReader } from './details-reader.js';
import { LibraryCatalogue } from './library-catalogue.js';
import { addLibraryEvents } from './library-events.js';
import { addLibraryRoutes } from './library-route.js';
import type { Library } from './library.js';
import type { ServerMetrics } from './metrics.js';
import { findPackageRoot } from './package-root.js';
import { addPageRoutes } from './page-route.js';

/** What people look through a library with. */
export interface BrowseOptions {
  readonly library: Library;
  /** Of what is in it. */
  readonly descriptions: DescriptionCache;
  /** Keeps what was found out about items beyond the end of the program; not owned. */
  readonly store?: SegmentStore | undefined;
  /** Origins whose pages may frame the page. */
  readonly embedders: readonly string[];
  readonly metrics: ServerMetrics;
  /** Pages that are told of news, which end when the server does. */
  readonly listeners: ActiveStreams;
}

/** Adds the listing of a library, what tells of news in it, and the page. */
export async function addBrowseRoutes(
  app: FastifyInstance,
  { library, descriptions, store, embedders, metrics, listeners }: BrowseOptions,
): Promise<void> {
  const catalogue = new LibraryCatalogue(library);
  app.addHook('onClose', () => catalogue[Symbol.asyncDispose]());
  metrics.addGauge('segmint_library_items', 'Items that the library lists', () => catalogue.size);
  metrics.addGauge('segmint_library_folders_watched', 'Folders that are watched', () => catalogue.watched);
  metrics.addGauge('segmint_library_listeners', 'Pages that are told of news', () => listeners.size);
  addLibraryRoutes(app, { library, catalogue, details: new DetailsReader(descriptions, store) });
  addLibraryEvents(app, catalogue, listeners);
  await addPageRoutes(app, library, join(findPackageRoot(), 'web', 'dist'), embedders);
}
