import type { MediaSubject } from '../delivery/media-shelf.js';
import type { SourceShelf } from '../delivery/source-shelf.js';
import { RequestError } from '../errors.js';
import type { ReadOptions, Source } from '../media/source.js';
import { subjectOnShelf } from './library-subject.js';

/** Opens a remote source under a name that people may see. */
export type OpenRemote = (
  reference: string,
  options: ReadOptions & { readonly name: string },
) => Promise<Source>;

/** What may be read from elsewhere, and how. */
export interface RemoteLibraryOptions {
  /** Keeps sources open between requests; not owned. */
  readonly shelf: SourceShelf;
  /** Opens what the operator has named. */
  readonly openOwn: OpenRemote;
  /** Opens URLs that viewers name; absent where they may name none. */
  readonly requested?:
    | {
        /** @throws {RequestError} `forbidden` when its host is not allowed. */
        readonly check: (url: URL) => void;
        /** Opens it, and fails for addresses that are not allowed, wherever they turn up. */
        readonly open: OpenRemote;
        /** The hosts that they may name, as the operator wrote them; every public one when there are none. */
        readonly hosts: readonly string[];
      }
    | undefined;
}

/** Which addresses viewers may play. */
export interface RemoteOffer {
  /** Whether there are any. */
  readonly allowed: boolean;
  /** Their hosts; every public one when absent. */
  readonly hosts?: readonly string[];
}

/** Something remote that was found for a request. */
export interface RemoteItem {
  /** For people: the last part of its path. */
  readonly name: string;
  /** It, as something to be opened. */
  readonly subject: MediaSubject;
}

/** What the library offers that is not on this machine. */
export class RemoteLibrary {
  readonly #options: RemoteLibraryOptions;

  /** @param options - what is allowed. */
  constructor(options: RemoteLibraryOptions) {
    this.#options = options;
  }

  /** Which addresses viewers may play. */
  get offer(): RemoteOffer {
    const { requested } = this.#options;
    if (requested === undefined) return { allowed: false };
    return { allowed: true, ...(requested.hosts.length > 0 && { hosts: requested.hosts }) };
  }

  /**
   * Something that the operator has named.
   * @param reference - a URL of whatever scheme; what is in it stays here.
   */
  own(reference: string): RemoteItem {
    const name = remoteName(reference);
    const { shelf, openOwn } = this.#options;
    const open = (options: ReadOptions): Promise<Source> => openOwn(reference, { ...options, name });
    return { name, subject: subjectOnShelf(shelf, `own ${reference}`, open) };
  }

  /**
   * Something that a viewer has named.
   * @throws {RequestError} `forbidden` when viewers may not, or not this.
   */
  requested(url: URL): RemoteItem {
    const { shelf, requested } = this.#options;
    if (requested === undefined) throw notAllowed();
    requested.check(url);
    const name = remoteName(url.href);
    const open = (options: ReadOptions): Promise<Source> => requested.open(url.href, { ...options, name });
    return { name, subject: subjectOnShelf(shelf, `requested ${url.href}`, open) };
  }
}

/** The error for URLs where none may be named. */
export function notAllowed(): RequestError {
  return new RequestError(
    'This server plays nothing from other servers: it was started without --allow-remote.',
    'forbidden',
  );
}

/** The last part of a URL's path, or its host. */
function remoteName(reference: string): string {
  if (!URL.canParse(reference)) return 'remote';
  const { pathname, hostname } = new URL(reference);
  const last = pathname.split('/').findLast((part) => part !== '') ?? hostname;
  try {
    return decodeURIComponent(last).replaceAll(/[\p{Cc}/\\]/gu, '_') || 'remote';
  } catch {
    return last;
  }
}
