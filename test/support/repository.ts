import { fileURLToPath } from 'node:url';

/** The repository's root: compiled, this file lies three folders below it (`build/test/support`). */
export const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
