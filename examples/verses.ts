/** Nursery rhymes of the 18th and 19th century, in the 32 letters that examples/rhymes.ts knows. */

/** Every letter by its index. */
export const alphabet = "\n abcdefghijklmnopqrstuvwxyz,.'!";

/** What is read. */
export const verses = `humpty dumpty sat on a wall,
humpty dumpty had a great fall.
all the king's horses and all the king's men
couldn't put humpty together again.

jack and jill went up the hill
to fetch a pail of water.
jack fell down and broke his crown,
and jill came tumbling after.

baa, baa, black sheep, have you any wool.
yes sir, yes sir, three bags full,
one for the master, and one for the dame,
and one for the little boy who lives down the lane.

twinkle, twinkle, little star,
how i wonder what you are!
up above the world so high,
like a diamond in the sky.

mary had a little lamb,
its fleece was white as snow,
and everywhere that mary went
the lamb was sure to go.

hickory, dickory, dock!
the mouse ran up the clock.
the clock struck one, the mouse ran down,
hickory, dickory, dock!

little bo peep has lost her sheep
and can't tell where to find them.
leave them alone, and they'll come home,
bringing their tails behind them.

hey diddle diddle, the cat and the fiddle,
the cow jumped over the moon.
the little dog laughed to see such fun,
and the dish ran away with the spoon.

london bridge is falling down,
falling down, falling down,
london bridge is falling down,
my fair lady.

little jack horner sat in the corner,
eating a christmas pie.
he put in his thumb, and pulled out a plum,
and said, what a good boy am i!

`;

/** A rhyme that is not read in training. */
export const unread = `little boy blue, come blow your horn,
the sheep's in the meadow, the cow's in the corn.
where is the boy who looks after the sheep.
he's under a haystack, fast asleep.

`;
