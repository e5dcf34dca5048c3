// Addresses that are dragged onto the page.
import { useEffect, useState } from 'preact/hooks';

/**
 * Takes addresses that are dropped anywhere on the page.
 * @param take - gets what was dropped.
 * @returns whether one is being dragged over the page.
 */
export function useDroppedAddress(take: (text: string) => void): boolean {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const isText = (event: DragEvent): boolean =>
      event.dataTransfer?.types.some((type) => type === 'text/uri-list' || type === 'text/plain') ?? false;
    const onOver = (event: DragEvent): void => {
      if (!isText(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const onLeave = (event: DragEvent): void => {
      // It has left the window, and not only one part of the page for another.
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent): void => {
      setOver(false);
      if (!isText(event)) return;
      event.preventDefault();
      const list = event.dataTransfer!.getData('text/uri-list') || event.dataTransfer!.getData('text/plain');
      const address = list.split(/\r?\n/).find((line) => line.trim() !== '' && !line.startsWith('#'));
      if (address !== undefined) take(address.trim());
    };
    const events = { dragover: onOver, dragleave: onLeave, drop: onDrop };
    for (const [name, heard] of Object.entries(events))
      document.addEventListener(name, heard as EventListener);
    return () => {
      for (const [name, heard] of Object.entries(events))
        document.removeEventListener(name, heard as EventListener);
    };
  });
  return isOver;
}
