/**
 * Leaves the line to the picture that comes with the page: its scripts, which the page carries in a
 * template, are asked for when it is there. On a phone's line they would take a third of its time.
 */
const PATIENCE_MS = 4000;

async function thereOrGivenUp(picture: HTMLImageElement): Promise<void> {
  await new Promise((then) => {
    if (picture.complete) then(undefined);
    for (const event of ["load", "error"]) picture.addEventListener(event, then, { once: true });
    setTimeout(then, PATIENCE_MS);
  });
}

function run(script: HTMLScriptElement): void {
  const awake = document.createElement("script"); // A script out of a template never runs.
  for (const { name, value } of script.attributes) awake.setAttribute(name, value);
  awake.async = false;
  document.head.append(awake);
}

const later = document.querySelector<HTMLTemplateElement>("template#scripts");
const picture = document.querySelector<HTMLImageElement>("#desk img");
if (picture) await thereOrGivenUp(picture);
for (const part of later?.content.children ?? []) {
  if (part instanceof HTMLScriptElement) run(part);
  else document.head.append(part.cloneNode());
}

export {};
