declare module "*/decodewasm" { const address: string; export default address; }
declare module "*/wasm" { const address: string; export default address; }
declare module "*/decodeImageFrameWorker.js";
