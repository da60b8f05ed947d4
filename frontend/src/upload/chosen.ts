import { getDroppedFiles } from "@uppy/core/utils";

/** A file that somebody chose, under its name with the folders that it lay in. */
export interface Chosen {
  readonly file: File;
  readonly path: string;
}

/** Files as a field of a form has them; a whole folder names each from that folder on. */
export function chosenIn(files: Iterable<File>): Chosen[] {
  return [...files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
}

/** Files and folders that were dropped, with all that lies in them. */
export async function droppedIn(transfer: DataTransfer): Promise<Chosen[]> {
  const files: (File & { relativePath?: string | null })[] = await getDroppedFiles(transfer);
  return files.map((file) => ({
    file,
    path: (file.relativePath || file.name).replace(/^\/+/, ""),
  }));
}

/** The same for the same file, however often and wherever it is chosen. */
export function nameOf(path: string, length: number, changed: string): string {
  return [path, length, changed].join("\n");
}

/** When a file was changed last, as we tell the server. */
export function changedAt(file: File): string {
  return String(file.lastModified);
}
