/**
 * A text in the browser's storage. Where that is full or forbidden it is gone after a reload, and
 * nothing else is lost.
 */
export class Remembered {
  constructor(
    private readonly storage: Storage | null,
    private readonly key: string,
  ) {}

  get text(): string | null {
    try {
      return this.storage?.getItem(this.key) ?? null;
    } catch {
      return null;
    }
  }

  /** Null forgets it. */
  keep(text: string | null): void {
    try {
      if (text === null) this.storage?.removeItem(this.key);
      else this.storage?.setItem(this.key, text);
    } catch {
      // As said above.
    }
  }
}
