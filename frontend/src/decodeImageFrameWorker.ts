// The decoding worker of the viewer, under the name its loader asks for beside itself.
import "../node_modules/@cornerstonejs/dicom-image-loader/dist/esm/decodeImageFrameWorker.js";
// The codecs' WebAssembly goes into the same folder, under the names the codecs ask for.
import charls from "@cornerstonejs/codec-charls/decodewasm";
import openjpeg from "@cornerstonejs/codec-openjpeg/decodewasm";
import openjph from "@cornerstonejs/codec-openjph/wasm";
import turbo from "@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm";

(self as unknown as { codecs: string[] }).codecs = [charls, openjpeg, openjph, turbo];
