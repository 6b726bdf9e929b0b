// A verifier that shares no code with Countersign: Go's own checksum-database packages (golang.org/x/mod/sumdb/note and tlog),
// pointed at a Countersign log over HTTP. It accepts the checkpoint, every inclusion and consistency proof and every tile, and
// makes sure that a changed byte in any of them is refused. Built and run by lib/gateway/go-verifier.db.test.ts.
//
// Usage: verifier URL VKEY [OLDER-CHECKPOINT-FILE]    the token of somebody who reads the record in COUNTERSIGN_TOKEN
//
// Prints one line for each thing that was checked. Exit: 0 everything held and every change was refused, 1 otherwise.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type tree struct {
	size int64
	root tlog.Hash
}

type server struct {
	base, token string
	seen        map[string][]byte
}

func main() {
	if len(os.Args) < 3 {
		fail("usage: verifier URL VKEY [OLDER-CHECKPOINT-FILE]")
	}
	log := server{os.Args[1], os.Getenv("COUNTERSIGN_TOKEN"), map[string][]byte{}}
	verifier, err := note.NewVerifier(os.Args[2])
	check(err, "the verifier key")

	signed := log.get("/log/checkpoint")
	newest, err := open(signed, verifier)
	check(err, "the checkpoint")
	refused("checkpoint", signed, func(changed []byte) error {
		_, err := open(changed, verifier)
		return err
	})

	entries := log.entries(newest.size)
	records(log, newest, entries)
	proofs(log, verifier, newest, entries)
	sizes(log, newest, entries)
	if len(os.Args) > 3 {
		kept(log, verifier, newest, os.Args[3])
	}
}

// Every entry, by Go's own proof over our tiles: TileHashReader checks each tile against the root before it believes it.
func records(log server, newest tree, entries [][]byte) {
	reader := tlog.TileHashReader(tlog.Tree{N: newest.size, Hash: newest.root}, log)
	for i, entry := range entries {
		n := int64(i)
		proof, err := tlog.ProveRecord(newest.size, n, reader)
		check(err, "tiles for entry", n)
		check(tlog.CheckRecord(proof, newest.size, newest.root, n, tlog.RecordHash(entry)), "inclusion of entry", n)
	}
	refused("tile", log.get("/log/tile/0/000"+width(newest.size)), func(changed []byte) error {
		reader := tlog.TileHashReader(tlog.Tree{N: newest.size, Hash: newest.root}, replaced{log, changed})
		// Two neighbours: between them their proofs depend on every hash of the tile. (Debian's version of the reader lets a full
		// tile through where the tree's own tiles coincide, so that only the finished proof tells.)
		for n := int64(0); n < 2; n++ {
			proof, err := tlog.ProveRecord(newest.size, n, reader)
			if err == nil {
				err = tlog.CheckRecord(proof, newest.size, newest.root, n, tlog.RecordHash(entries[n]))
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	fmt.Printf("%d entries are included, by our tiles and Go's proofs\n", len(entries))
}

// Our own .tlog-proof files, and a changed byte in path, checkpoint and entry.
func proofs(log server, verifier note.Verifier, newest tree, entries [][]byte) {
	for i, entry := range entries {
		if i > 4 && i < len(entries)-4 && i%29 != 0 {
			continue
		}
		file := log.get("/log/proof/" + strconv.Itoa(i))
		check(prove(file, verifier, entry, int64(i)), "the proof file of entry", int64(i))
		if i == 0 || i == len(entries)-1 {
			refused("proof file", file, func(changed []byte) error { return prove(changed, verifier, entry, int64(i)) })
			refused("entry", entry, func(changed []byte) error { return prove(file, verifier, changed, int64(i)) })
		}
	}
	fmt.Println("proof files hold")
}

// Our consistency proofs between sizes, with roots that Go computes from the entries themselves.
func sizes(log server, newest tree, entries [][]byte) {
	for _, from := range []int64{1, 2, 3, 5, 128, 255, 256, 257, newest.size - 1} {
		if from < 1 || from >= newest.size {
			continue
		}
		path := fmt.Sprintf("/log/consistency?from=%d&to=%d", from, newest.size)
		proof := hashes(string(log.get(path)))
		root := rootOf(entries[:from])
		check(tlog.CheckTree(proof, newest.size, newest.root, from, root), "consistency from", from)
		for i := range proof {
			for bit := 0; bit < 256; bit += 7 {
				proof[i][bit/8] ^= 1 << (bit % 8)
				if tlog.CheckTree(proof, newest.size, newest.root, from, root) == nil {
					fail(fmt.Sprintf("a changed consistency proof from %d was accepted", from))
				}
				proof[i][bit/8] ^= 1 << (bit % 8)
			}
		}
	}
	fmt.Println("consistency proofs hold, and changed ones are refused")
}

// A checkpoint kept from before: the log must have grown out of it.
func kept(log server, verifier note.Verifier, newest tree, file string) {
	body, err := os.ReadFile(file)
	check(err, "the older checkpoint")
	older, err := open(body, verifier)
	check(err, "the older checkpoint")
	proof := hashes(string(log.get(fmt.Sprintf("/log/consistency?from=%d&to=%d", older.size, newest.size))))
	check(tlog.CheckTree(proof, newest.size, newest.root, older.size, older.root), "growth since the older checkpoint")
	fmt.Printf("the log grew from %d to %d entries\n", older.size, newest.size)
}

func open(signed []byte, verifier note.Verifier) (tree, error) {
	opened, err := note.Open(signed, note.VerifierList(verifier, timed(verifier)))
	if err != nil {
		return tree{}, err
	}
	if len(opened.Sigs) != 2 {
		return tree{}, fmt.Errorf("the signature or the time is missing")
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tree{}, fmt.Errorf("not a checkpoint of %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || strconv.FormatInt(size, 10) != lines[1] {
		return tree{}, fmt.Errorf("no size")
	}
	root, err := tlog.ParseHash(lines[2])
	return tree{size, root}, err
}

// cosigner checks timestamped signatures (C2SP tlog-cosignature), which Go's package leaves to its callers: the log puts one of its
// own key on every checkpoint, so that its age can be told.
type cosigner struct {
	name string
	id   uint32
	key  ed25519.PublicKey
}

func (c cosigner) Name() string    { return c.name }
func (c cosigner) KeyHash() uint32 { return c.id }
func (c cosigner) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	said := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(signature), text)
	return ed25519.Verify(c.key, []byte(said), signature[8:])
}

func timed(log note.Verifier) note.Verifier {
	// base64 has plus signs of its own: the key is what follows the name and the eight digits of its id.
	encoded := os.Args[2][len(log.Name())+1+8+1:]
	key, err := base64.StdEncoding.DecodeString(encoded)
	check(err, "the verifier key")
	id := sha256.Sum256(append([]byte(log.Name()+"\n\x04"), key[1:]...))
	return cosigner{log.Name(), binary.BigEndian.Uint32(id[:]), key[1:]}
}

func prove(file []byte, verifier note.Verifier, entry []byte, index int64) error {
	head, checkpoint, found := strings.Cut(string(file), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || lines[0] != "c2sp.org/tlog-proof@v1" || len(lines) < 2 || lines[1] != fmt.Sprintf("index %d", index) {
		return fmt.Errorf("not a proof of entry %d", index)
	}
	var path tlog.RecordProof
	for _, line := range lines[2:] {
		hash, err := tlog.ParseHash(line)
		if err != nil || hash.String() != line {
			return fmt.Errorf("not a hash: %s", line)
		}
		path = append(path, hash)
	}
	under, err := open([]byte(checkpoint), verifier)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(path, under.size, under.root, index, tlog.RecordHash(entry))
}

// refused changes every byte in turn and makes sure that nothing changed is accepted.
func refused(what string, good []byte, accept func([]byte) error) {
	if err := accept(good); err != nil {
		fail(fmt.Sprintf("the unchanged %s was refused: %v", what, err))
	}
	for i := range good {
		changed := append([]byte(nil), good...)
		changed[i] ^= 0x01
		if spelling(good, i) {
			continue
		}
		if accept(changed) == nil {
			fail(fmt.Sprintf("a %s was accepted with byte %d changed", what, i))
		}
	}
	fmt.Printf("%s: accepted, and refused with any of its %d bytes changed\n", what, len(good))
}

// spelling tells that the byte is the last letter of a base64 signature, whose lowest bits stand for nothing: Go's package reads the
// same signature with them changed.
func spelling(good []byte, i int) bool {
	rest := good[i+1:]
	return good[i] != '=' && (bytes.HasPrefix(rest, []byte("=\n")) || bytes.HasPrefix(rest, []byte("==\n"))) && signatureLine(good, i)
}

func signatureLine(good []byte, i int) bool {
	return bytes.HasPrefix(good[bytes.LastIndexByte(good[:i], '\n')+1:], []byte("\u2014 "))
}

func (log server) get(path string) []byte {
	if body, found := log.seen[path]; found {
		return body
	}
	request, err := http.NewRequest("GET", log.base+path, nil)
	check(err, path)
	request.Header.Set("Authorization", "Bearer "+log.token)
	response, err := http.DefaultClient.Do(request)
	check(err, path)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	check(err, path)
	if response.StatusCode != 200 {
		fail(fmt.Sprintf("%s: %s %s", path, response.Status, body))
	}
	log.seen[path] = body
	return body
}

func (log server) entries(size int64) [][]byte {
	var all [][]byte
	for n := int64(0); n*256 < size; n++ {
		bundle := log.get("/log/tile/entries/" + number(n) + width(size-n*256))
		for len(bundle) > 0 {
			length := int(binary.BigEndian.Uint16(bundle))
			all = append(all, bundle[2:2+length])
			bundle = bundle[2+length:]
		}
	}
	if int64(len(all)) != size {
		fail("the bundles hold another number of entries than was signed")
	}
	return all
}

// server and replaced are tlog.TileReaders over C2SP tlog-tiles, whose addresses leave the tile's height out.
func (log server) Height() int                     { return 8 }
func (log server) SaveTiles([]tlog.Tile, [][]byte) {}
func (log server) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		all = append(all, log.get(fmt.Sprintf("/log/tile/%d/%s%s", tile.L, number(tile.N), width(int64(tile.W)))))
	}
	return all, nil
}

type replaced struct {
	server
	first []byte
}

func (log replaced) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	all, err := log.server.ReadTiles(tiles)
	for i, tile := range tiles {
		if tile.L == 0 && tile.N == 0 {
			all[i] = log.first
		}
	}
	return all, err
}

func number(n int64) string {
	name := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		name = fmt.Sprintf("x%03d/%s", n%1000, name)
	}
	return name
}

func width(left int64) string {
	if left >= 256 {
		return ""
	}
	return fmt.Sprintf(".p/%d", left)
}

func hashes(lines string) tlog.TreeProof {
	var all tlog.TreeProof
	for _, line := range strings.Fields(lines) {
		hash, err := tlog.ParseHash(line)
		check(err, "a hash")
		all = append(all, hash)
	}
	return all
}

type memory []tlog.Hash

func (m memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var all []tlog.Hash
	for _, i := range indexes {
		all = append(all, m[i])
	}
	return all, nil
}

func rootOf(entries [][]byte) tlog.Hash {
	var stored memory
	for i, entry := range entries {
		more, err := tlog.StoredHashes(int64(i), entry, stored)
		check(err, "hashing")
		stored = append(stored, more...)
	}
	root, err := tlog.TreeHash(int64(len(entries)), stored)
	check(err, "hashing")
	return root
}

func check(err error, what ...interface{}) {
	if err != nil {
		fail(fmt.Sprint(fmt.Sprintln(what...), err))
	}
}

func fail(sentence string) {
	fmt.Fprintln(os.Stderr, "verifier: "+sentence)
	os.Exit(1)
}
