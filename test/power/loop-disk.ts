/**
 * A disk whose power can be cut: an ext4 image on a second one that can be frozen.
 *
 * What the kernel has not sent to the inner disk yet is not in its image. Freezing the outer file
 * system stops the image between two writes, also in the middle of a sync; the copy taken then is
 * what a computer would find after a power cut.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface LoopDisk {
  /** Where the inner disk is mounted. */
  readonly folder: string;
  /** Makes a new inner disk and mounts it, with options of `mount`. */
  readonly begin: (options: string) => void;
  /** Copies what has reached the inner disk at this moment, while nothing more can. */
  readonly cut: () => void;
  /** Puts the copy in the inner disk's place, as after a restart. */
  readonly restart: () => void;
  readonly end: () => void;
}

const OUTER_BYTES = 768 * 2 ** 20;
const INNER_BYTES = 256 * 2 ** 20;

/** Why no such disk can be made here; null: it can. */
export const obstacle = (): string | null => {
  if (process.platform !== 'linux') return 'it takes Linux';
  if (process.getuid?.() !== 0) return 'it takes root';
  try {
    const disk = loopDisk();
    try {
      disk.begin('noatime');
      disk.cut();
      disk.restart();
    } finally {
      disk.end();
    }
    return null;
  } catch (thrown) {
    return String(thrown).split('\n')[0] ?? 'loop mounts do not work';
  }
};

/** Mounts a fresh outer disk. Throws where that is not possible. */
export const loopDisk = (): LoopDisk => {
  const root = mkdtempSync(join(tmpdir(), 'partwise-power-'));
  const [outer, folder] = [join(root, 'outer'), join(root, 'disk')];
  const [outerImage, copy] = [join(root, 'outer.img'), join(root, 'cut.img')];
  const inner = join(outer, 'inner.img');
  mkdirSync(outer);
  mkdirSync(folder);
  makeImage(outerImage, OUTER_BYTES);
  mount(outerImage, outer, 'noatime');
  let isMounted = false;
  const unmount = (): void => {
    if (isMounted) run('umount', folder);
    isMounted = false;
  };
  return {
    folder,
    begin: (options) => {
      unmount();
      makeImage(inner, INNER_BYTES);
      mount(inner, folder, options);
      isMounted = true;
    },
    cut: () => {
      run('fsfreeze', '--freeze', outer);
      try {
        run('cp', '--sparse=always', inner, copy);
      } finally {
        run('fsfreeze', '--unfreeze', outer);
      }
    },
    restart: () => {
      unmount();
      copyFileSync(copy, inner);
      mount(inner, folder, 'noatime');
      isMounted = true;
    },
    end: () => {
      unmount();
      run('umount', outer);
      rmSync(root, { recursive: true, force: true });
    },
  };
};

const makeImage = (path: string, size: number): void => {
  rmSync(path, { force: true });
  writeFileSync(path, '');
  truncateSync(path, size);
  run('mkfs.ext4', '-q', '-F', path);
};

const mount = (image: string, folder: string, options: string): void =>
  run('mount', '-o', `loop,${options}`, image, folder);

const run = (command: string, ...words: ReadonlyArray<string>): void => {
  execFileSync(command, words, { stdio: ['ignore', 'ignore', 'pipe'] });
};
