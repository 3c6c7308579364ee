CREATE TABLE publisher_delivery (
	list_id VARCHAR(255) NOT NULL, 
	message VARCHAR(64) NOT NULL, 
	run VARCHAR(64) NOT NULL, 
	part INTEGER NOT NULL, 
	delivered INTEGER NOT NULL, 
	"deferred" INTEGER NOT NULL, 
	refused INTEGER NOT NULL, 
	failures TEXT NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	PRIMARY KEY (list_id, message, run, part)
);

