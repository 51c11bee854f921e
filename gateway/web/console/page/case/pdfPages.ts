// Pages of a PDF as pixels, by pdf.js in a worker of its own. Nothing in the file is run or followed: the part of
// pdf.js that runs a document's scripts is not in the build, links and forms are not made, fonts are drawn as shapes
// and never become fonts of the page, and neither eval nor WebAssembly is used. Loaded when a PDF is opened first.
//
// What it does not give: characters of Chinese, Japanese and Korean fonts that a file names and does not carry.
import { getDocument, PDFWorker, VerbosityLevel } from "pdfjs-dist/legacy/build/pdf.mjs";
import worker from "pdfjs-dist/legacy/build/pdf.worker.min.mjs?url";

import { startWorker } from "../client.ts";

export type PdfProblem = "encrypted" | "broken" | "slow";

export class PdfError extends Error {
  readonly problem: PdfProblem;

  constructor(problem: PdfProblem) {
    super(problem);
    this.problem = problem;
  }
}

const maxCanvasPixels = 16_000_000;
const maxCanvasSide = 8192;
const maxImagePixels = 64_000_000; // of one picture in it
const maxTextCharacters = 200_000;
const patienceMilliseconds = 60_000; // for the beginning, and for a page

export interface PdfPages {
  readonly count: number;
  /**
   * Draws page `number`, from 1, `width` CSS pixels wide, and gives its text. A page that is being drawn is left.
   * Throws PdfError; undefined: another one was asked for meanwhile.
   */
  draw(number: number, width: number): Promise<{ readonly canvas: HTMLCanvasElement; readonly text: string } | undefined>;
  /** Ends the worker, and with it everything that it holds of the file. */
  end(): void;
}

/** Throws PdfError. */
export async function openPdf(content: Blob): Promise<PdfPages> {
  const port = startWorker(worker);
  const failed = new Promise<never>((_, fail) => port.addEventListener("error", () => fail(new PdfError("broken"))));
  failed.catch(() => {});
  const task = getDocument({
    data: new Uint8Array(await content.arrayBuffer()),
    worker: PDFWorker.create({ port, verbosity: VerbosityLevel.ERRORS }),
    verbosity: VerbosityLevel.ERRORS,
    wasmUrl: "/assets/", // where the decoders without WebAssembly are
    useWasm: false,
    useWorkerFetch: false,
    useSystemFonts: false,
    disableFontFace: true,
    enableXfa: false,
    isOffscreenCanvasSupported: false,
    maxImageSize: maxImagePixels,
    canvasMaxAreaInBytes: maxImagePixels * 4,
  });
  const end = (): void => {
    task.destroy().catch(() => {});
    port.terminate();
  };
  try {
    const file = await inTime(Promise.race([task.promise, failed]));
    return { count: file.numPages, draw: drawerOf(file, failed), end };
  } catch (error) {
    end();
    throw problemOf(error);
  }
}

type Document = Awaited<ReturnType<typeof getDocument>["promise"]>;

function drawerOf(file: Document, failed: Promise<never>): PdfPages["draw"] {
  let newest = 0;
  let rendering: { cancel(): void } | undefined;
  return async (number, width) => {
    const own = ++newest;
    rendering?.cancel();
    try {
      const page = await inTime(Promise.race([file.getPage(number), failed]));
      if (own !== newest) return undefined;
      const natural = page.getViewport({ scale: 1 });
      const { width: wide, height: high } = natural;
      if (!(wide > 0 && high > 0)) throw new PdfError("broken");
      const wanted = (width / wide) * Math.min(devicePixelRatio, 2);
      const scale = Math.min(wanted, maxCanvasSide / wide, maxCanvasSide / high, Math.sqrt(maxCanvasPixels / (wide * high)));
      const viewport = page.getViewport({ scale });
      const canvas = document.createElement("canvas");
      canvas.width = Math.max(1, Math.floor(viewport.width));
      canvas.height = Math.max(1, Math.floor(viewport.height));
      const task = page.render({ canvas, viewport });
      rendering = task;
      await inTime(Promise.race([task.promise, failed]));
      const { items } = await inTime(Promise.race([page.getTextContent(), failed]));
      page.cleanup();
      if (own !== newest) return undefined;
      const text = items.map((item) => ("str" in item ? item.str + (item.hasEOL ? "\n" : "") : "")).join("");
      return { canvas, text: text.slice(0, maxTextCharacters).trim() };
    } catch (error) {
      if (own !== newest) return undefined;
      throw problemOf(error);
    }
  };
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, fail) => (timer = setTimeout(() => fail(new PdfError("slow")), patienceMilliseconds)));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function problemOf(error: unknown): PdfError {
  if (error instanceof PdfError) return error;
  return new PdfError((error as { readonly name?: string } | null)?.name === "PasswordException" ? "encrypted" : "broken");
}
