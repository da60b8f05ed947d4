import { signal } from "@preact/signals";
import Uppy, { type UppyFile } from "@uppy/core";
import Tus from "@uppy/tus";
import type { DetailedError } from "tus-js-client";
import type { Answer } from "../shared/api";
import type { components } from "../shared/schema";
import { type Chosen, changedAt, nameOf } from "./chosen";
import { NOTHING, Speed, type Tally } from "./tally";

export type Opened = components["schemas"]["UploadOut"];

/** Uppy keeps a record of each of its files and copies them all at each change, so it gets few. */
const IN_UPPY = 60;
/** Connections; a browser has six for a site, and the page needs some of them. */
const AT_ONCE = 3;
/** A site that is away for long is waited for: for two hours, and longer when asked again. */
const RETRY_MS = [500, 1000, 2000, 4000, 8000, 15_000, ...Array<number>(240).fill(30_000)];
const LOOK_MS = 400;
/** A line on which nothing moves for so long is taken for broken, though nobody has said so. */
const SILENT_MS = 10_000;

/** A file that was not taken, and why. */
export interface Failed {
  readonly chosen: Chosen;
  readonly code: string;
  readonly message: string;
}

/** `still`: nothing is chosen yet. `broken`: the line or the server is away; it goes on by itself. */
export type Going = "still" | "sending" | "broken" | "done";

interface Parts {
  /** Begins an upload, or goes on with the one that was broken off. */
  readonly open: (numBytes: number) => Promise<Answer<Opened>>;
  readonly headers: () => Record<string, string>;
  readonly now?: () => number;
}

type Meta = { path: string; changed: string };
type OurFile = UppyFile<Meta, Record<string, never>>;

/** Sends chosen files in pieces; what has arrived is not sent again, not even another day. */
export class Sender {
  readonly going = signal<Going>("still");
  readonly tally = signal<Tally>(NOTHING);
  readonly failed = signal<readonly Failed[]>([]);
  /** Why sending could not begin. */
  readonly refusal = signal<{ code: string; message: string } | null>(null);
  readonly token = signal("");
  readonly speed = new Speed();

  readonly #parts: Parts;
  readonly #known = new Set<string>();
  readonly #under = new Map<string, { chosen: Chosen; sent: number }>();
  #opened: Promise<Answer<Opened>> | null = null;
  #arrived = new Map<string, Opened["files"][number]>();
  #waiting: Chosen[] = [];
  #uppy: Uppy<Meta, Record<string, never>> | null = null;
  #wholeBytes = 0;
  #whole = 0;
  #bytes = 0;
  /** Folders that are being read, and beginnings that the server has not answered. */
  #coming = 0;
  #watch: ReturnType<typeof setInterval> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Send these as well, once it is known what they are; what was chosen before is not sent twice. */
  async add(choosing: readonly Chosen[] | Promise<readonly Chosen[]>): Promise<void> {
    this.#coming += 1;
    this.#goOn();
    try {
      await this.#take(await choosing);
    } finally {
      this.#coming -= 1;
      this.#goOn();
    }
  }

  async #take(chosen: readonly Chosen[]): Promise<void> {
    const fresh = new Map<string, Chosen>();
    for (const each of chosen) {
      const name = nameOfChosen(each);
      if (!this.#known.has(name)) fresh.set(name, each);
    }
    const numBytes = [...fresh.values()].reduce((sum, { file }) => sum + file.size, 0);
    if (fresh.size === 0 || !(await this.#open(numBytes))) return;
    this.#bytes += numBytes;
    for (const [name, each] of fresh) {
      this.#known.add(name);
      if (this.#arrived.get(name)?.received === each.file.size) this.#note(each);
      else this.#waiting.push(each);
    }
  }

  /** Try those again that were not taken. */
  again(): void {
    this.#waiting.push(...this.failed.value.map(({ chosen }) => chosen));
    this.failed.value = [];
    this.#goOn();
  }

  async #open(numBytes: number): Promise<boolean> {
    this.#opened ??= this.#parts.open(numBytes);
    const answer = await this.#opened;
    if (answer.kind !== "ok") {
      this.#opened = null;
      this.refusal.value = answer.kind === "refused" ? answer : { code: answer.why, message: "" };
      return false;
    }
    this.refusal.value = null;
    if (!this.#uppy) {
      for (const file of answer.data.files)
        this.#arrived.set(nameOf(file.path, file.length, file.changed), file);
      this.#uppy = this.#makeUppy(answer.data);
      this.token.value = answer.data.token;
    }
    return true;
  }

  #makeUppy(opened: Opened): Uppy<Meta, Record<string, never>> {
    const uppy = new Uppy<Meta, Record<string, never>>({ autoProceed: true });
    uppy.use(Tus, {
      endpoint: opened.files_url,
      chunkSize: opened.piece_bytes,
      limit: AT_ONCE,
      retryDelays: RETRY_MS,
      uploadDataDuringCreation: true,
      // The server knows what has arrived, whatever browser it came from.
      storeFingerprintForResuming: false,
      allowedMetaFields: ["path", "changed"],
      headers: this.#parts.headers,
      onShouldRetry: (error, _attempt, _options, next) => {
        const goesOn = isWorthAnotherTry(error) && (statusOf(error) === 408 || next(error));
        if (goesOn && statusOf(error) !== 409) this.#break();
        return goesOn;
      },
    });
    uppy.on("upload-progress", (file, progress) => {
      const under = file && this.#under.get(file.id);
      if (!under) return;
      if (Number(progress.bytesUploaded) > under.sent && this.going.value === "broken")
        this.going.value = "sending";
      under.sent = Number(progress.bytesUploaded);
    });
    uppy.on("upload-success", (file) => file && this.#finish(file.id));
    uppy.on("upload-error", (file, error, response) => {
      if (file) this.#fail(file.id, error, response?.body as { xhr?: XMLHttpRequest } | undefined);
    });
    return uppy;
  }

  #break(): void {
    this.going.value = "broken";
    this.speed.forget();
  }

  #note({ file }: Chosen): void {
    this.#whole += 1;
    this.#wholeBytes += file.size;
  }

  #finish(id: string): void {
    const under = this.#under.get(id);
    if (!under) return;
    this.#note(under.chosen);
    this.#leave(id);
    if (this.going.value === "broken") this.going.value = "sending";
  }

  #fail(id: string, error: { message: string }, body: { xhr?: XMLHttpRequest } | undefined): void {
    const under = this.#under.get(id);
    if (!under) return;
    const { code = "", message = error.message } = refusalIn(body?.xhr?.responseText ?? "");
    this.failed.value = [...this.failed.value, { chosen: under.chosen, code, message }];
    this.#leave(id);
  }

  #leave(id: string): void {
    this.#under.delete(id);
    // Later: until Uppy has let go of the file itself, to remove it means to have it thrown away.
    setTimeout(() => {
      this.#uppy?.removeFile(id);
      this.#goOn();
    });
  }

  #goOn(): void {
    while (this.#uppy && this.#under.size < IN_UPPY) {
      const chosen = this.#waiting.shift();
      if (!chosen) break;
      this.#hand(this.#uppy, chosen);
    }
    const isAll = this.#coming + this.#under.size + this.#waiting.length === 0;
    if (isAll) this.#rest();
    else if (this.#watch === undefined) this.#watch = setInterval(() => this.#look(), LOOK_MS);
    if (isAll) this.going.value = this.#known.size > 0 ? "done" : "still";
    else if (this.going.value !== "broken") this.going.value = "sending";
    this.#look();
  }

  #hand(uppy: Uppy<Meta, Record<string, never>>, chosen: Chosen): void {
    const { file, path } = chosen;
    const id = uppy.addFile({
      name: file.name,
      type: file.type,
      data: file,
      meta: { path, changed: changedAt(file), relativePath: path } as Meta,
    });
    const arrived = this.#arrived.get(nameOfChosen(chosen));
    const tus = arrived ? { tus: { uploadUrl: arrived.url } } : {};
    uppy.setFileState(id, tus as Partial<OurFile>);
    this.#under.set(id, { chosen, sent: arrived?.received ?? 0 });
  }

  #rest(): void {
    clearInterval(this.#watch);
    this.#watch = undefined;
    this.speed.forget();
  }

  #look(): void {
    const under = [...this.#under.values()].reduce((sum, { sent }) => sum + sent, 0);
    const sent = this.#wholeBytes + under;
    this.tally.value = { files: this.#known.size, whole: this.#whole, bytes: this.#bytes, sent };
    if (this.going.value !== "sending") return;
    this.speed.note((this.#parts.now ?? Date.now)(), sent);
    if (this.speed.stillSince > SILENT_MS) this.#break();
  }
}

function nameOfChosen({ file, path }: Chosen): string {
  return nameOf(path, file.size, changedAt(file));
}

function statusOf(error: DetailedError): number {
  return error.originalResponse?.getStatus() ?? 0;
}

/** A refusal is the server's considered no; what else goes wrong passes. */
export function isWorthAnotherTry(error: DetailedError): boolean {
  const status = statusOf(error);
  if (status < 400 || status >= 500 || status === 408 || status === 423 || status === 429)
    return true;
  return refusalIn(error.originalResponse?.getBody() ?? "").code === "other_offset";
}

function refusalIn(text: string): { code?: string; message?: string } {
  try {
    return JSON.parse(text) as { code?: string; message?: string };
  } catch {
    return {};
  }
}
