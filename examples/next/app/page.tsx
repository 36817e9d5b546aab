import { ImageToVideo } from "./image-to-video";

export default function Page() {
  return (
    <main>
      <h1>A video from a photo</h1>
      <ImageToVideo />
    </main>
  );
}
