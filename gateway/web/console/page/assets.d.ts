// What the build makes of a file that is served as it is: its address.
declare module "*?url" {
  const address: string;
  export default address;
}
